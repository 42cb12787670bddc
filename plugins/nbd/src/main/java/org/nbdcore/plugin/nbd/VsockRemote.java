package org.nbdcore.plugin.nbd;

import com.sun.jna.Memory;
import java.io.IOException;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdHandshake;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * A server in a virtual machine, or on the host of this one, through a vsock socket. Java does not
 * support these sockets.
 */
record VsockRemote(NbdUri uri, ConnectOptions options) implements RemoteEndpoint {

  private static final int ADDRESS_LENGTH = 16;
  private static final int PORT_OFFSET = 4;
  private static final int CID_OFFSET = 8;

  @Override
  public NbdHandshake connect() throws IOException {
    DescriptorChannel.requireJna("vsock");
    DescriptorChannel channel = new DescriptorChannel(socket());
    return NbdHandshake.open(channel, channel, toString(), uri, options);
  }

  private int socket() throws IOException {
    int kind = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_CLOEXEC;
    int socket = SocketCalls.socket(SocketCalls.AF_VSOCK, kind, 0);
    if (socket < 0) {
      throw failure("this machine has no sockets for virtual machines (AF_VSOCK)");
    }
    try (Memory address = new Memory(ADDRESS_LENGTH)) {
      address.clear();
      address.setShort(0, (short) SocketCalls.AF_VSOCK);
      address.setInt(PORT_OFFSET, uri.port());
      address.setInt(CID_OFFSET, Integer.parseUnsignedInt(uri.host()));
      if (SocketCalls.connect(socket, address, ADDRESS_LENGTH) != 0) {
        NbdException failure = failure("connect failed");
        ProcessCalls.close(socket);
        throw failure;
      }
      return socket;
    }
  }

  private NbdException failure(String what) {
    return new NbdException(
        NbdError.EIO, "cannot connect to " + this + ": " + what + ": " + ErrorText.last());
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return uri.toString();
  }
}
