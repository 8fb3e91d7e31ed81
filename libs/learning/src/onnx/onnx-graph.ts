import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

const DOUBLE = 11;
const INT64 = 7;

type Attribute = number | string | readonly number[] | readonly string[] | Float64Array;

/**
 * An ONNX graph of doubles in the making: nodes are added in order and name their outputs by themselves. What it holds is what the standard's core
 * operators and ai.onnx.ml say; no operator of our own.
 */
export class OnnxGraph {
  private readonly nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  private readonly constants: InstanceType<typeof onnx.TensorProto>[] = [];
  private count = 0;

  /** A constant of doubles; a scalar without dims. */
  constant(values: ArrayLike<number>, dims: readonly number[] = []): string {
    const name = this.name('constant');
    this.constants.push(onnx.TensorProto.create({ name, dims: [...dims], dataType: DOUBLE, doubleData: Array.from(values) }));
    return name;
  }

  indices(values: readonly number[]): string {
    const name = this.name('indices');
    this.constants.push(onnx.TensorProto.create({ name, dims: [values.length], dataType: INT64, int64Data: [...values] }));
    return name;
  }

  /** Adds an operator of the core set, or of ai.onnx.ml, and gives the name of its output. */
  add(opType: string, input: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): string {
    const output = this.name(opType.toLowerCase());
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push(onnx.NodeProto.create({ opType, domain, input: [...input], output: [output], name: output, attribute }));
    return output;
  }

  /** The model's bytes: input X, doubles by row and feature; output P, a probability a row. */
  bytes(output: string, features: readonly string[], metadata: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
    this.nodes.push(onnx.NodeProto.create({ opType: 'Identity', input: [output], output: ['P'], name: 'P' }));
    const rows = { dimParam: 'rows' };
    const model = onnx.ModelProto.create({
      irVersion: 8,
      producerName: 'Consilium',
      opsetImport: [{ domain: '', version: 15 }, { domain: 'ai.onnx.ml', version: 3 }],
      metadataProps: Object.entries({ features: JSON.stringify(features), ...metadata }).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'prediction',
        node: this.nodes,
        initializer: this.constants,
        input: [valueInfo('X', [rows, { dimValue: features.length }])],
        output: [valueInfo('P', [rows])],
      },
    });
    return Uint8Array.from(onnx.ModelProto.encode(model).finish());
  }

  private name(kind: string): string {
    return `${kind}${this.count++}`;
  }
}

const valueInfo = (name: string, dim: readonly object[]) => ({ name, type: { tensorType: { elemType: DOUBLE, shape: { dim: [...dim] } } } });

function attributeProto(name: string, value: Attribute) {
  const types = onnx.AttributeProto.AttributeType;
  const bytes = (text: string) => new TextEncoder().encode(text);
  if (typeof value === 'number') return { name, type: types.INT, i: value };
  if (typeof value === 'string') return { name, type: types.STRING, s: bytes(value) };
  if (value instanceof Float64Array) return { name, type: types.TENSOR, t: { dims: [value.length], dataType: DOUBLE, doubleData: Array.from(value) } };
  if (value.every((one) => typeof one === 'string')) return { name, type: types.STRINGS, strings: (value).map(bytes) };
  return { name, type: types.INTS, ints: [...(value)] };
}
