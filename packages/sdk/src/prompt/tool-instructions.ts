import type { Toolset } from '../toolset/index.js';
import { toolCallClosingTag, toolCallOpeningTag } from './call-format.js';
import type { PromptTools } from './prompt-renderer.js';
import { toolSignature } from './tool-signature.js';

/** What a system message says about the tools; empty for `none`. The same toolset gives the same text. */
export function toolInstructions(toolset: Pick<Toolset, 'tools'>, detail: PromptTools): string {
  switch (detail) {
    case 'none':
      return '';
    case 'names':
      return ['Tools:', ...toolset.tools.map(toolSignature)].join('\n');
    case 'full': {
      // One schema a line inside <tools>, as in the Hermes function-calling format (Nous Research, 2024).
      const schemas = toolset.tools.map(({ name, description, parameters }) =>
        JSON.stringify({ type: 'function', function: { name, description, parameters } }),
      );
      return [
        'You can call these tools, each described by a JSON Schema:',
        '<tools>',
        ...schemas,
        '</tools>',
        'Write each call on a line of its own, as a JSON object with the name of the tool and its arguments:',
        `${toolCallOpeningTag}{"name":"tool name","arguments":{"argument name":"value"}}${toolCallClosingTag}`,
      ].join('\n');
    }
  }
}
