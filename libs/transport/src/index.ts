export type { Admission, AgentEndpoint, AgentEndpointOptions, AgentHello, EndpointEvent, EndpointLimits } from './admission.js';
export type { AgentConnector, AgentLimits, AgentOptions, ConnectorState, ProxySettings } from './agent-connector.js';
export type { Body, ChannelClose, Link, MessageHandler, Peer } from './link.js';
export { prepareBody, type PreparedBody } from './prepared-body.js';
