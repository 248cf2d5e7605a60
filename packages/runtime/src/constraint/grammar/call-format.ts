import { toolCallClosingTag, toolCallOpeningTag, toolCallSeparator } from '@tooltune/sdk';

/** How calls are written: the texts around their arguments. */
export interface CallFormat {
  /** Before the first call. Text that stands before the calls never contains it. ASCII, and not empty. */
  readonly open: string;
  /** Between two calls. */
  readonly separator: string;
  /** After the last call. */
  readonly close: string;
  /** Before the arguments of a call. May not begin with what another tool's text is. */
  callStart(name: string): string;
  /** After the arguments. */
  readonly callEnd: string;
}

/**
 * `json-in-tags`: `<tool_call>{"name":…,"arguments":{…}}</tool_call>`, several on lines of their own.
 * `json-list`: `[TOOL_CALLS][{"name":…,"arguments":{…}},…]`.
 */
export type CallFormatName = 'json-in-tags' | 'json-list';

const callStart = (name: string) => `{"name":${JSON.stringify(name)},"arguments":`;

const FORMATS: Record<CallFormatName, CallFormat> = {
  'json-in-tags': {
    open: toolCallOpeningTag,
    separator: `${toolCallClosingTag}${toolCallSeparator}${toolCallOpeningTag}`,
    close: toolCallClosingTag,
    callStart,
    callEnd: '}',
  },
  'json-list': { open: '[TOOL_CALLS][', separator: ',', close: ']', callStart, callEnd: '}' },
};

/** The texts of a format. */
export function callFormatOf(format: CallFormatName | CallFormat): CallFormat {
  return typeof format === 'string' ? FORMATS[format] : format;
}
