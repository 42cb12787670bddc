package org.nbdcore.server;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.nbdcore.log.ServerLog;
import org.nbdcore.log.Throttle;
import org.nbdcore.server.failure.CloseQuietly;
import org.nbdcore.server.failure.Failures;

/** Accepts clients at one address, on its own thread. */
final class Listener implements Closeable {

  private static final int BACKLOG = 1024;
  private static final long FAILED_ACCEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Takes an accepted socket and owns it. */
  interface Acceptor {
    void accepted(SocketChannel channel);
  }

  private final ServerSocketChannel channel;
  private final SocketAddress address;
  private final boolean owned;
  private final Thread thread;
  private final CountDownLatch accepting = new CountDownLatch(1);
  private final Throttle unserved = new Throttle(ServerLog.LOG, "cannot serve a client");
  private final Throttle unaccepted =
      new Throttle(ServerLog.LOG, "cannot accept clients; will keep trying");
  private volatile boolean closed;

  private Listener(
      ServerSocketChannel channel, SocketAddress address, boolean owned, Acceptor acceptor) {
    this.channel = channel;
    this.owned = owned;
    this.address = address;
    thread = new Thread(() -> accept(acceptor), "nbd-listener " + address);
  }

  /** Binds an address. If this fails, it removes the file of a Unix socket that it created. */
  static Listener bind(SocketAddress address, Acceptor acceptor) throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    ServerSocketChannel channel =
        unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
    try {
      if (unix) {
        // The first socket option makes the JDK load code and a library. Without this line, the JDK
        // would do this between bind and listen, while the file exists and refuses clients.
        channel.getOption(StandardSocketOptions.SO_RCVBUF);
      } else {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      }
      channel.bind(address, BACKLOG);
      // Java decodes the local address of a Unix socket, and loses bytes that are not UTF-8.
      return new Listener(channel, unix ? address : channel.getLocalAddress(), true, acceptor);
    } catch (IOException | RuntimeException e) {
      CloseQuietly.quietly(channel);
      throw new IOException("cannot listen on " + shown(address) + ": " + Failures.message(e), e);
    }
  }

  /**
   * Accepts on a channel that another program has bound. Does not delete the file of its socket.
   */
  static Listener inherited(ServerSocketChannel channel, Acceptor acceptor) throws IOException {
    return new Listener(channel, channel.getLocalAddress(), false, acceptor);
  }

  private static String shown(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return (inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress())
          + " port "
          + inet.getPort();
    }
    return address.toString();
  }

  /** Starts the thread, which waits for {@link #accept()}. */
  void start() {
    thread.start();
  }

  /** Starts to accept clients. */
  void accept() {
    accepting.countDown();
  }

  SocketAddress address() {
    return address;
  }

  private void accept(Acceptor acceptor) {
    try {
      accepting.await();
    } catch (InterruptedException e) {
      return;
    }
    while (!closed) {
      try {
        SocketChannel client = channel.accept();
        handOver(client, acceptor);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException | Error e) {
        // for example no free descriptors; this must not affect connected clients
        logFailure(unaccepted, e);
        LockSupport.parkNanos(this, FAILED_ACCEPT_NANOS);
      }
    }
  }

  private void handOver(SocketChannel client, Acceptor acceptor) {
    try {
      if (!(address instanceof UnixDomainSocketAddress)) {
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
    } catch (IOException | RuntimeException e) {
      CloseQuietly.quietly(client);
      logFailure(unserved, e);
      return;
    }
    acceptor.accepted(client);
  }

  private static void logFailure(Throttle what, Throwable failure) {
    try {
      what.failed(Failures.message(failure));
    } catch (RuntimeException | Error e) {
      // without free descriptors, even a class may fail to load; this must not end the thread
    }
  }

  /** Stops accepting, and deletes the file of a Unix socket. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return; // the file may belong to another server by now
      }
      closed = true;
    }
    channel.close();
    accepting.countDown();
    LockSupport.unpark(thread);
    if (owned && address instanceof UnixDomainSocketAddress unix) {
      Files.deleteIfExists(unix.getPath());
    }
  }
}
