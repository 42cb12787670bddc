package org.nbdcore.protocol;

/** Error numbers in replies. */
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

  private ErrorValue() {}
}
