import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';
import type { DataSource } from 'typeorm';
import { NestPinoLogger } from '@consilium/operations';
import { PRODUCT_VERSION } from '@consilium/protocol';
import { CoordinatorModule } from '../coordinator.module.js';
import type { Log } from '../log.js';
import type { ServerKeys } from '../server-certificate.js';
import type { Services } from '../services.js';
import { dashboardFiles } from './dashboard-files.js';
import { checkingOptions, limitServer, SERVER_LIMITS } from './server-limits.js';

/** The HTTP application, ready to listen: headers, body limits, guards, and its description at /api/docs. */
export async function createApplication(
  services: Services,
  database: DataSource,
  options: { readonly keys: ServerKeys; readonly logger: Log },
): Promise<NestExpressApplication> {
  const { keys, logger } = options;
  const application = await NestFactory.create<NestExpressApplication>(CoordinatorModule.over(services, database, logger), {
    logger: new NestPinoLogger(logger.child({}, { level: logger.level === 'info' ? 'warn' : logger.level })),
    bodyParser: false,
    forceCloseConnections: true,
    abortOnError: false,
    ...(keys.tls ? { httpsOptions: { ...keys.tls, ...checkingOptions(SERVER_LIMITS) } } : {}),
  });
  limitServer(application.getHttpServer());
  application.use(helmet());
  // A plan has at most four mebibytes; as a JSON string a little more.
  application.useBodyParser('json', { limit: '6mb' });
  const described = new DocumentBuilder().setTitle('Consilium coordinator').setVersion(PRODUCT_VERSION).addBearerAuth().build();
  SwaggerModule.setup('api/docs', application, () => SwaggerModule.createDocument(application, described), { jsonDocumentUrl: 'api/docs.json' });
  application.use(dashboardFiles());
  await application.init();
  return application;
}
