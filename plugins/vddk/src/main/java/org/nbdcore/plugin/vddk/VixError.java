package org.nbdcore.plugin.vddk;

import org.nbdcore.spi.NbdError;

/** VDDK's error codes: the low 16 bits of the results of its functions. */
final class VixError {

  static final int OK = 0;
  static final int FAIL = 1;
  static final int OUT_OF_MEMORY = 2;
  static final int INVALID_ARG = 3;
  static final int FILE_NOT_FOUND = 4;
  static final int NOT_SUPPORTED = 6;
  static final int DISK_FULL = 8;
  static final int CANCELLED = 10;
  static final int FILE_READ_ONLY = 11;
  static final int FILE_ACCESS = 13;
  static final int FILE_LOCKED = 15;
  static final int HOST_CONNECTION_LOST = 36;
  static final int SERVER_SHUTDOWN = 14014;
  static final int OUT_OF_RANGE = 16007;
  static final int CANNOT_CONNECT = 18000;

  /** Not an error: the callback will complete the call. */
  static final int ASYNC = 25000;

  private VixError() {}

  static int code(long error) {
    return (int) (error & 0xffff);
  }

  /** The nearest error of the NBD protocol. */
  static NbdError nbd(int code) {
    return switch (code) {
      case OUT_OF_MEMORY -> NbdError.ENOMEM;
      case INVALID_ARG, NOT_SUPPORTED, OUT_OF_RANGE -> NbdError.EINVAL;
      case DISK_FULL -> NbdError.ENOSPC;
      case FILE_READ_ONLY, FILE_ACCESS -> NbdError.EPERM;
      case SERVER_SHUTDOWN -> NbdError.ESHUTDOWN;
      default -> NbdError.EIO;
    };
  }
}
