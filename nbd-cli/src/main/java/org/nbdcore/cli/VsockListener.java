package org.nbdcore.cli;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.log.Throttle;
import org.nbdcore.spi.Log;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * Listens on a vsock port ({@code --vsock}), for virtual machines of this machine, or in a virtual
 * machine for its host. Java does not support such sockets, so system calls create and accept them.
 * The server then serves them like other sockets.
 */
final class VsockListener implements Closeable {

  private static final Log LOG = Log.of("");
  private static final int BACKLOG = 1024;
  private static final int ADDRESS_LENGTH = 16;
  private static final int PORT_OFFSET = 4;
  private static final int CID_OFFSET = 8;
  private static final int CID_ANY = -1;
  private static final int EAGAIN = 11;

  /**
   * A {@code struct timeval} of one second. The accept call needs a timeout, because closing the
   * socket does not end it.
   */
  private static final int[] ACCEPT_TIMEOUT = {1, 0, 0, 0};

  private static final long FAILED_ACCEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final int socket;
  private final Throttle unaccepted = new Throttle(LOG, "cannot accept a client");
  private final Throttle unserved = new Throttle(LOG, "cannot serve a client");
  private Thread thread;
  private volatile boolean closed;

  private VsockListener(int socket) {
    this.socket = socket;
  }

  /**
   * Binds a port of all contexts.
   *
   * @param port an unsigned number of 32 bits
   * @throws IOException if the machine has no such sockets, or the port is taken
   */
  static VsockListener bind(int port) throws IOException {
    int kind = SocketCalls.SOCK_STREAM | SocketCalls.SOCK_CLOEXEC;
    try (Memory address = new Memory(ADDRESS_LENGTH)) {
      int socket = SocketCalls.socket(SocketCalls.AF_VSOCK, kind, 0);
      if (socket < 0) {
        throw new IOException(
            "--vsock: this machine has no sockets for virtual machines (AF_VSOCK): "
                + ErrorText.last());
      }
      address.clear();
      address.setShort(0, (short) SocketCalls.AF_VSOCK);
      address.setInt(PORT_OFFSET, port);
      address.setInt(CID_OFFSET, CID_ANY);
      if (SocketCalls.bind(socket, address, ADDRESS_LENGTH) != 0
          || SocketCalls.listen(socket, BACKLOG) != 0) {
        String reason = ErrorText.last();
        ProcessCalls.close(socket);
        throw new IOException(
            "--vsock: cannot listen on port " + Integer.toUnsignedString(port) + ": " + reason);
      }
      return new VsockListener(socket);
    } catch (LinkageError e) {
      throw new IOException("--vsock needs JNA, which does not load here", e);
    }
  }

  /** Listens on a socket that other code has bound, of any family. */
  static VsockListener over(int socket) {
    return new VsockListener(socket);
  }

  /** Starts to accept clients, on its own thread. */
  void start(Consumer<SocketChannel> clients) {
    SocketCalls.setsockopt(
        socket,
        SocketCalls.SOL_SOCKET,
        SocketCalls.SO_RCVTIMEO,
        ACCEPT_TIMEOUT,
        ACCEPT_TIMEOUT.length * Integer.BYTES);
    thread = new Thread(() -> accept(clients), "nbd-listener vsock");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(Consumer<SocketChannel> clients) {
    while (!closed) {
      int client = SocketCalls.accept4(socket, null, null, SocketCalls.SOCK_CLOEXEC);
      if (client >= 0) {
        serve(client, clients);
      } else if (!closed && Native.getLastError() != EAGAIN) {
        unaccepted.failed(ErrorText.last());
        LockSupport.parkNanos(this, FAILED_ACCEPT_NANOS);
      }
    }
    ProcessCalls.close(socket);
  }

  private void serve(int client, Consumer<SocketChannel> clients) {
    try {
      clients.accept(Descriptors.connected(client));
    } catch (IOException e) {
      ProcessCalls.close(client);
      unserved.failed(ExceptionText.of(e));
    }
  }

  /** Stops accepting, within a second; the thread closes the socket. */
  @Override
  public void close() {
    closed = true;
    if (thread == null) {
      ProcessCalls.close(socket);
    }
  }
}
