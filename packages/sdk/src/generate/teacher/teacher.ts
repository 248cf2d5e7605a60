import type { JsonObject } from '../../toolset/index.js';

/** What a teacher is asked. */
export interface TeacherQuestion {
  system: string;
  user: string;
  /** Most tokens of the answer. */
  maxTokens: number;
  temperature: number;
  /** JSON Schema of the answer, for endpoints that can hold a model to one. */
  schema?: JsonObject;
}

/** A larger model that writes rows. Asked the same question again it may give the same answer (a cache). */
export interface Teacher {
  /** The answer's text. Undefined: it may not be asked any more (its budget is spent). */
  ask(question: TeacherQuestion, options: { signal?: AbortSignal | undefined }): Promise<string | undefined>;
}
