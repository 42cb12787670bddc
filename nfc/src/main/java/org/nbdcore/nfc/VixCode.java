package org.nbdcore.nfc;

/** Descriptions of the VixDiskLib error codes that a disk server sends. */
final class VixCode {

  static final int FILE_READ_ONLY = 11;

  private VixCode() {}

  static String text(int code) {
    return switch (code) {
      case 1 -> "unknown error";
      case 2 -> "the server is out of memory";
      case 3 -> "invalid argument";
      case 4 -> "file not found";
      case 5 -> "object is busy";
      case 6 -> "not supported";
      case 7 -> "file error";
      case 8 -> "disk full";
      case 9 -> "incorrect file type";
      case 10 -> "cancelled";
      case FILE_READ_ONLY -> "file is read-only";
      case 12 -> "file already exists";
      case 13 -> "file access error";
      case 15 -> "file is locked";
      case 20 -> "not supported on a remote disk";
      case 21 -> "file too big";
      case 22 -> "invalid file name";
      case 24 -> "buffer too small";
      case 30 -> "encryption key needed";
      case 32 -> "license";
      case 36 -> "connection to the host lost";
      case 1000 -> "invalid handle";
      case 14004 -> "sector size";
      case 14005 -> "end of file";
      case 14006 -> "handshake";
      case 14009 -> "connection refused";
      case 14010 -> "socket error";
      case 14011 -> "connection lost";
      case 16000 -> "invalid disk";
      case 16002 -> "no I/O";
      case 16003 -> "partial chain";
      case 16007 -> "out of range";
      case 16008 -> "content ID mismatch";
      case 16012 -> "cannot open the parent";
      case 16014, 16017 -> "no encryption key";
      case 16030 -> "invalid chain";
      case 16052 -> "key not found";
      case 16054 -> "invalid connection";
      case 16064 -> "no license";
      case 16067 -> "capacity mismatch";
      case 18000 -> "cannot connect to the host";
      default -> "no text known";
    };
  }
}
