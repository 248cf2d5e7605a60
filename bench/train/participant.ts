import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { EndMessage, Message, ReadyMessage, StepMessage } from './turns.js';

/** A process that trains when it is its turn. */
export class Participant {
  readonly name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;

  /** Starts it. Its errors go to the standard error. */
  constructor(name: string, program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.name = name;
    const env = { ...process.env, ...environment };
    this.#child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'], env });
    // What cannot be written to a process that has ended shows in what it does not answer.
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  /** Waits until it has loaded everything. */
  ready(): Promise<ReadyMessage> {
    return this.#receive('ready');
  }

  /** Lets it take a step. */
  step(): Promise<StepMessage> {
    this.#child.stdin.write('\n');
    return this.#receive('step');
  }

  /** Lets it end after its last step. */
  async end(): Promise<EndMessage> {
    this.#child.stdin.write('\n');
    const message = await this.#receive('end');
    await this.#ended;
    return message;
  }

  /** Ends it wherever it is. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #receive<T extends Message['type']>(type: T): Promise<Extract<Message, { type: T }>> {
    const { value, done } = await this.#lines.next();
    if (done) {
      const how = await this.#ended;
      const memory = how === 'SIGKILL' ? '; memory may not have been enough' : '';
      throw new Error(`${this.name} ended too early (${how})${memory}`);
    }
    const message = JSON.parse(value) as Message;
    if (message.type !== type) throw new Error(`${this.name} said ${value}, not ${type}`);
    return message as Extract<Message, { type: T }>;
  }
}
