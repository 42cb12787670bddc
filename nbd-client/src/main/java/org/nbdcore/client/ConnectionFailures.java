package org.nbdcore.client;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Converts the JDK's exceptions about a connection into readable messages. */
final class ConnectionFailures {

  private ConnectionFailures() {}

  static NbdClientException broken(String what, IOException e) {
    return NbdClientException.broken(what + ": " + reason(e), e);
  }

  static String reason(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return "the connection was closed because a thread using it was interrupted";
    }
    if (e instanceof AsynchronousCloseException || e instanceof ClosedChannelException) {
      return "the connection was closed on this side";
    }
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    if (e instanceof SSLException) {
      return "TLS failed: " + message;
    }
    if (message.contains("reset by peer") || message.equals("Broken pipe")) {
      return "the server closed the connection (" + message + ")";
    }
    return message;
  }
}
