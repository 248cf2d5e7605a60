import type { RuntimeRecord } from '@tooltune/sdk';

/** Where records go. The recorder writes one batch at a time, never two at once. */
export interface RecordSink {
  /**
   * Takes a batch, in the order of the requests' ends. A batch that fails is tried again, so one that was half taken may
   * come twice: records have ids. @throws whatever it likes; no request sees it
   */
  write(records: readonly RuntimeRecord[]): Promise<void>;
  /** Called once, after the last batch. */
  close?(): Promise<void>;
}
