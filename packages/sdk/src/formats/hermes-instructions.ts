/** Where the instructions begin that Hermes, and chat templates after it, write into the system message. */
export const hermesInstructions =
  /You are a function calling AI model\b|# Tools\b|You are provided with function signatures\b/;
