import { TooltuneError } from '@tooltune/sdk';

/** A tensor as the header of a GGUF file describes it. */
export interface GgufTensorInfo {
  name: string;
  /** GGUF's order: the innermost dimension first. */
  dimensions: readonly number[];
  /** ggml's number for the format. */
  typeId: number;
  /** From where the file's tensor data begins, bytes. */
  offset: number;
}

export interface GgufHeader {
  /** By key. 64-bit integers are numbers where those are exact, else bigints. */
  metadata: Readonly<Record<string, unknown>>;
  /** Each value as it is encoded in the file, type first: what a copy of it is written from. */
  encodedMetadata: ReadonlyMap<string, Uint8Array>;
  tensors: readonly GgufTensorInfo[];
  /** Where the tensor data begins, bytes. */
  dataOffset: number;
}

/**
 * Reads the header of a GGUF file, version 2 or 3, little-endian
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). A byte order mark at the start of a text is kept: some
 * tokens begin with one.
 *
 * @param bytes the beginning of the file
 * @param path named in errors
 * @returns undefined if the header goes on beyond these bytes
 * @throws TooltuneError `gguf/unreadable`
 */
export function parseGgufHeader(bytes: Buffer, path: string): GgufHeader | undefined {
  try {
    return new HeaderReader(bytes, path).header();
  } catch (error) {
    if (error instanceof OutOfBytes) return undefined;
    throw error;
  }
}

class OutOfBytes extends Error {}

const arrayType = 9;
const defaultAlignment = 32;

class HeaderReader {
  private readonly bytes: Buffer;
  private readonly path: string;
  private at = 0;

  constructor(bytes: Buffer, path: string) {
    this.bytes = bytes;
    this.path = path;
  }

  header(): GgufHeader {
    if (this.bytes.toString('latin1', 0, 4) !== 'GGUF') throw this.unreadable('it does not begin with "GGUF"');
    this.at = 4;
    const version = this.take(4).readUInt32LE();
    if (version !== 2 && version !== 3) throw this.unreadable(`its version is ${version}, not 2 or 3`);
    const tensorCount = this.size();
    const valueCount = this.size();
    const metadata: Record<string, unknown> = {};
    const encodedMetadata = new Map<string, Uint8Array>();
    for (let count = 0; count < valueCount; count++) {
      const key = this.text();
      const from = this.at;
      metadata[key] = this.value(this.take(4).readUInt32LE());
      encodedMetadata.set(key, this.bytes.subarray(from, this.at));
    }
    const tensors: GgufTensorInfo[] = [];
    for (let count = 0; count < tensorCount; count++) {
      const name = this.text();
      const dimensions = Array.from({ length: this.take(4).readUInt32LE() }, () => this.size());
      tensors.push({ name, dimensions, typeId: this.take(4).readUInt32LE(), offset: this.size() });
    }
    const alignment = metadata['general.alignment'] ?? defaultAlignment;
    if (typeof alignment !== 'number' || !(alignment > 0)) {
      throw this.unreadable(`general.alignment is ${String(alignment)}`);
    }
    return { metadata, encodedMetadata, tensors, dataOffset: Math.ceil(this.at / alignment) * alignment };
  }

  private value(type: number): unknown {
    if (type !== arrayType) return this.scalar(type);
    const itemType = this.take(4).readUInt32LE();
    if (itemType === arrayType) throw this.unreadable('it holds an array of arrays');
    const length = this.size();
    const items: unknown[] = [];
    for (let index = 0; index < length; index++) items.push(this.scalar(itemType));
    return items;
  }

  private scalar(type: number): unknown {
    switch (type) {
      case 0:
        return this.take(1).readUInt8();
      case 1:
        return this.take(1).readInt8();
      case 2:
        return this.take(2).readUInt16LE();
      case 3:
        return this.take(2).readInt16LE();
      case 4:
        return this.take(4).readUInt32LE();
      case 5:
        return this.take(4).readInt32LE();
      case 6:
        return this.take(4).readFloatLE();
      case 7:
        return this.take(1).readUInt8() !== 0;
      case 8:
        return this.text();
      case 10:
        return exact(this.take(8).readBigUInt64LE());
      case 11:
        return exact(this.take(8).readBigInt64LE());
      case 12:
        return this.take(8).readDoubleLE();
      default:
        throw this.unreadable(`it holds a value of type ${type}, which is none of GGUF's`);
    }
  }

  private text(): string {
    // Not a TextDecoder, which would drop a byte order mark unless told otherwise, and is slower on short texts.
    return this.take(this.size()).toString('utf8');
  }

  /** A count or an offset. */
  private size(): number {
    return Number(this.take(8).readBigUInt64LE());
  }

  private take(length: number): Buffer {
    const from = this.at;
    // Nonsense from a damaged file also ends here, since it asks for more than there is.
    if (from + length > this.bytes.length) throw new OutOfBytes();
    this.at = from + length;
    return this.bytes.subarray(from, this.at);
  }

  private unreadable(reason: string): TooltuneError {
    return new TooltuneError('gguf/unreadable', `this is not a readable GGUF file: ${reason}; pull the model again`, {
      location: { file: this.path },
    });
  }
}

function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
