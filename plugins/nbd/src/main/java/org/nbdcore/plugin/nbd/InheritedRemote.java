package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** A server behind an inherited socket. There is no reconnection. */
final class InheritedRemote implements RemoteEndpoint {

  private final int descriptor;
  private final NbdUri keys; // for TLS
  private final ConnectOptions options;
  private final AtomicBoolean used = new AtomicBoolean();

  InheritedRemote(int descriptor, NbdUri keys, ConnectOptions options) {
    this.descriptor = descriptor;
    this.keys = keys;
    this.options = options;
  }

  @Override
  public NbdHandshake connect() throws IOException {
    DescriptorChannel.requireJna("socket-fd");
    if (!used.compareAndSet(false, true)) {
      throw new NbdException(
          NbdError.EIO, "the connection on " + this + " is lost and cannot be restored");
    }
    DescriptorChannel channel = new DescriptorChannel(descriptor);
    return NbdHandshake.open(channel, channel, toString(), keys, options);
  }

  @Override
  public boolean again() {
    return false;
  }

  @Override
  public String toString() {
    return "file descriptor " + descriptor;
  }
}
