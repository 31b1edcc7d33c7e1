export interface Queue<T> {
  /** `inSeconds`: invisible until then, at most 7 days. */
  put(message: T, inSeconds?: number): Promise<void>;
  /** Up to 32 messages, invisible to others for `forSeconds`. */
  take(most: number, forSeconds: number): Promise<Taken<T>[]>;
  /** Roughly how many wait, visible or not. */
  depth(): Promise<number>;
}

export interface Taken<T> {
  readonly message: T;
  /** 1 on the first delivery. */
  readonly attempt: number;
  /** Carried out: gone. */
  done(): Promise<void>;
  /** Back into the queue, visible in so many seconds, as it is or changed. One request: never lost, never twice. */
  later(inSeconds: number, message?: T): Promise<void>;
}
