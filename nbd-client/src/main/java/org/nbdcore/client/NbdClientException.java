package org.nbdcore.client;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nbdcore.protocol.ErrorValue;
import org.nbdcore.protocol.OptionReply;
import org.nbdcore.spi.NbdError;

/**
 * A request, an option or the connection failed. The message says what was tried, what went wrong
 * and, if the server sent a text, that text.
 */
public final class NbdClientException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errorValue;
  private final int optionReply;
  private final String serverMessage;
  private final boolean timedOut;

  private NbdClientException(
      String message,
      int errorValue,
      int optionReply,
      String serverMessage,
      boolean timedOut,
      @Nullable Throwable cause) {
    super(message, cause);
    this.errorValue = errorValue;
    this.timedOut = timedOut;
    this.optionReply = optionReply;
    this.serverMessage = serverMessage;
  }

  /** The connection failed, or the server violated the protocol. */
  static NbdClientException broken(String message, @Nullable Throwable cause) {
    return new NbdClientException(message, 0, 0, "", false, cause);
  }

  /** The reply to a request did not arrive in time. */
  static NbdClientException timedOut(String message) {
    return new NbdClientException(message, 0, 0, "", true, null);
  }

  /** The server refused a request, or the client refused it because the server would. */
  static NbdClientException request(String what, int error, String serverMessage) {
    StringBuilder text = new StringBuilder(what).append(": ").append(ErrorTexts.of(error));
    text.append(" (").append(ErrorValue.name(error)).append(')');
    if (!serverMessage.isEmpty()) {
      text.append(": ").append(serverMessage);
    }
    return new NbdClientException(text.toString(), error, 0, serverMessage, false, null);
  }

  /** The server refused an option. */
  static NbdClientException option(String what, int reply, String serverMessage) {
    StringBuilder text = new StringBuilder(what).append(": ").append(ErrorTexts.ofReply(reply));
    text.append(" (").append(OptionReply.name(reply)).append(')');
    if (!serverMessage.isEmpty()) {
      text.append(": ").append(serverMessage);
    }
    return new NbdClientException(text.toString(), 0, reply, serverMessage, false, null);
  }

  /**
   * The error of the request; empty if no request was refused. An unknown error value counts as
   * {@link NbdError#EINVAL}, as the protocol requires.
   */
  public Optional<NbdError> error() {
    return errorValue == 0 ? Optional.empty() : Optional.of(NbdError.fromWire(errorValue));
  }

  /** The error value as received, or 0 if there is none; see {@link ErrorValue}. */
  public int errorValue() {
    return errorValue;
  }

  /** The reply to an option (see {@link OptionReply}), or 0 if no option failed. */
  public int optionReply() {
    return optionReply;
  }

  /** The server's message, with control characters replaced, or an empty string. */
  public String serverMessage() {
    return serverMessage;
  }

  /** True if no reply came within {@link ConnectOptions#requestTimeout}. */
  public boolean timedOut() {
    return timedOut;
  }

  /** True if the connection is unusable. If false, only one request or option failed. */
  public boolean connectionLost() {
    return errorValue == 0 && optionReply == 0 && !timedOut;
  }
}
