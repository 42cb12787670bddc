package org.nbdcore.spi;

/** The errors of the NBD protocol ("Error values"), with their numbers on the wire. */
public enum NbdError {
  /** Operation not permitted. */
  EPERM(1),
  /** Input/output error. */
  EIO(5),
  /** Cannot allocate memory. */
  ENOMEM(12),
  /** Invalid argument. */
  EINVAL(22),
  /** No space left on device. */
  ENOSPC(28),
  /** Value too large. */
  EOVERFLOW(75),
  /**
   * Operation not supported, and nothing was changed. Only for fast zero, and for reads with {@code
   * NBD_CMD_FLAG_DF}.
   */
  ENOTSUP(95),
  /** The server is shutting down. */
  ESHUTDOWN(108);

  private final int wireValue;

  NbdError(int wireValue) {
    this.wireValue = wireValue;
  }

  /** The number of this error in the protocol. */
  public int wireValue() {
    return wireValue;
  }

  /**
   * The error with that number. An unknown number means {@link #EINVAL}, as the protocol requires.
   */
  public static NbdError fromWire(int value) {
    for (NbdError error : values()) {
      if (error.wireValue == value) {
        return error;
      }
    }
    return EINVAL;
  }

  /**
   * The error for a Linux {@code errno}. If the protocol does not have it, the nearest error,
   * otherwise {@link #EIO}.
   */
  public static NbdError fromErrno(int errno) {
    return switch (errno) {
      case 1, 13, 30 -> EPERM; // EPERM, EACCES, EROFS
      case 12 -> ENOMEM;
      case 22 -> EINVAL;
      case 27, 28, 122 -> ENOSPC; // EFBIG, ENOSPC, EDQUOT
      case 75 -> EOVERFLOW;
      case 95, 38 -> ENOTSUP; // EOPNOTSUPP, ENOSYS
      case 108 -> ESHUTDOWN;
      default -> EIO;
    };
  }
}
