/** What lies in R2 for one database. Objects named by their content are immutable; SHA-256 is checked by R2 on the way in. */
export interface Archive {
  /** Stores a gzip member under the SHA-256 of its bytes; a no-op when it is already there. */
  putChunk(sha256: string, gzip: Uint8Array): Promise<void>;
  /** The stored bytes, checked against their name. Throws `backup_damaged` when missing or altered. */
  getChunk(sha256: string): Promise<Uint8Array>;
  /** A part of a chunk as a stream, unchecked: for downloads. `offset` and `length` in stored bytes. */
  streamChunk(sha256: string, range?: { offset: number; length: number }): Promise<ReadableStream<Uint8Array>>;
  /**
   * A manifest under the SHA-256 of its text, before it is decided that it is the one: of two executors that made one each, the
   * committed step says which counts.
   */
  putDraft(id: string, sha256: string, json: string): Promise<void>;
  /** Null when there is none. */
  getDraft(id: string, sha256: string): Promise<string | null>;
  deleteDraft(id: string, sha256: string): Promise<void>;
  putManifest(id: string, json: string): Promise<void>;
  /** Null when there is none. */
  getManifest(id: string): Promise<string | null>;
  deleteManifest(id: string): Promise<void>;
}
