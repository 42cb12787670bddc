package org.nbdcore.nfc;

/** The messages of asynchronous I/O. Requests and their replies have the same type and payload. */
enum AioType {
  OPEN_SESSION(2, 16),
  CLOSE_SESSION(3, 4),
  OPEN_FILE(4, 60),
  CLOSE_FILE(5, 8),
  IO(7, 44),
  SET_SOCKET_OPTIONS(9, 12),
  GET_METADATA(11, 16),
  QUERY_ALLOCATED_BLOCKS(13, 48),
  SET_RESOURCE_POOL(22, 4);

  static final int MAGIC = 0xA100DA7A;
  static final int HEADER = 16;

  /** Type of an error reply. */
  static final int ERROR = 1;

  /** Longest payload of an error reply that is read. Its layout is not known. */
  static final int LONGEST_ERROR = 4096;

  final int number;

  /** Number of bytes in the fixed part after the header. */
  final int payload;

  AioType(int number, int payload) {
    this.number = number;
    this.payload = payload;
  }
}
