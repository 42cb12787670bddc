package org.nbdcore.protocol;

/** Error values in replies ({@code NBD_E*}). */
public final class ErrorValue {

  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** Input/output error. */
  public static final int EIO = 5;

  /** Cannot allocate memory. */
  public static final int ENOMEM = 12;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** No space left on device. */
  public static final int ENOSPC = 28;

  /** Value too large. */
  public static final int EOVERFLOW = 75;

  /** Operation not supported. */
  public static final int ENOTSUP = 95;

  /** Server is in the process of being shut down. */
  public static final int ESHUTDOWN = 108;

  /** The name of an error value, such as EIO, or its number. */
  public static String name(int value) {
    switch (value) {
      case EPERM:
        return "EPERM";
      case EIO:
        return "EIO";
      case ENOMEM:
        return "ENOMEM";
      case EINVAL:
        return "EINVAL";
      case ENOSPC:
        return "ENOSPC";
      case EOVERFLOW:
        return "EOVERFLOW";
      case ENOTSUP:
        return "ENOTSUP";
      case ESHUTDOWN:
        return "ESHUTDOWN";
      default:
        return Integer.toUnsignedString(value);
    }
  }

  private ErrorValue() {}
}
