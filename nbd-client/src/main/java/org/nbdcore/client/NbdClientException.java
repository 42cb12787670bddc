package org.nbdcore.client;

import java.io.IOException;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.OptionReply;

/**
 * A request, an option or a connection failed. The message is complete: what was tried, what went
 * wrong and, where the server said something, its words.
 */
public final class NbdClientException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int error;
  private final int optionReply;
  private final String serverMessage;

  private NbdClientException(
      String message, int error, int optionReply, String serverMessage, Throwable cause) {
    super(message, cause);
    this.error = error;
    this.optionReply = optionReply;
    this.serverMessage = serverMessage;
  }

  /** The connection failed or the server broke the protocol. */
  static NbdClientException broken(String message, Throwable cause) {
    return new NbdClientException(message, 0, 0, "", cause);
  }

  /** A request that the server refused, or that is refused here because the server would. */
  static NbdClientException request(String what, int error, String serverMessage) {
    StringBuilder text = new StringBuilder(what).append(": ").append(ErrorTexts.of(error));
    text.append(" (").append(ErrorValue.name(error)).append(')');
    if (!serverMessage.isEmpty()) {
      text.append(": ").append(serverMessage);
    }
    return new NbdClientException(text.toString(), error, 0, serverMessage, null);
  }

  /** An option that the server refused. */
  static NbdClientException option(String what, int reply, String serverMessage) {
    StringBuilder text = new StringBuilder(what).append(": ").append(ErrorTexts.ofReply(reply));
    text.append(" (").append(OptionReply.name(reply)).append(')');
    if (!serverMessage.isEmpty()) {
      text.append(": ").append(serverMessage);
    }
    return new NbdClientException(text.toString(), 0, reply, serverMessage, null);
  }

  /**
   * The error value of the protocol (see {@link ErrorValue}), or 0 if it was not a request that
   * failed.
   */
  public int error() {
    return error;
  }

  /** The reply to an option (see {@link OptionReply}), or 0 if it was not an option that failed. */
  public int optionReply() {
    return optionReply;
  }

  /** The server's message, with control characters replaced, or an empty string. */
  public String serverMessage() {
    return serverMessage;
  }

  /** Whether the connection is unusable. If false, the server refused only one request. */
  public boolean connectionLost() {
    return error == 0 && optionReply == 0;
  }
}
