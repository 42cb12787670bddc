package org.nbdcore.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import org.nbdcore.log.ServerLog;
import org.nbdcore.log.Throttle;

/**
 * Logs each rejected client with the reason, in one line. If there are many, it logs only some of
 * them.
 */
final class RejectionLog {

  private static final int MAX_PER_MINUTE = 20;

  private final Throttle throttle =
      new Throttle(ServerLog.LOG, "a client is refused", MAX_PER_MINUTE);

  /** Logs one rejected client. */
  void rejected(Optional<SocketAddress> peer, String why) {
    throttle.failed(peer.map(address -> shown(address) + ": ").orElse("") + why);
  }

  private static String shown(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return inet.getAddress().getHostAddress() + " port " + inet.getPort();
    }
    return "at a Unix socket";
  }

  /** Call it when no further client can come. */
  void end() {
    throttle.end();
  }
}
