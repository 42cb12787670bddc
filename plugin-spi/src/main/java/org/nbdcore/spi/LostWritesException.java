package org.nbdcore.spi;

/**
 * Acknowledged writes of a device are lost, or may be lost: they were not flushed, and the backend
 * that held them has failed. The client sees {@link NbdError#EIO}.
 *
 * <p>A device throws this once: from the first flush after it has noticed the loss, or from {@link
 * BlockDevice#close} if no flush comes before. Repeating the flush or reopening the disk does not
 * restore the writes. A filter that repeats failed requests must not repeat this one. A filter that
 * reopens the disk must report an exception of {@code close} with the client's next flush.
 */
public class LostWritesException extends NbdException {

  private static final long serialVersionUID = 1L;

  /** Fails with {@link NbdError#EIO}. */
  public LostWritesException(String message) {
    super(NbdError.EIO, message);
  }

  /** Fails with {@link NbdError#EIO} because of another failure. */
  public LostWritesException(String message, Throwable cause) {
    super(NbdError.EIO, message, cause);
  }
}
