package org.nbdcore.nfc;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The TCP connection while one thread logs in. The channel is non-blocking; the thread waits for it
 * until a deadline.
 */
final class ChannelWire implements BlockingWire {

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Deadline deadline;

  private ChannelWire(
      SocketChannel channel, Selector selector, SelectionKey key, Deadline deadline) {
    this.channel = channel;
    this.selector = selector;
    this.key = key;
    this.deadline = deadline;
  }

  static ChannelWire connect(String host, int port, Deadline deadline) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException("host '" + host + "' cannot be resolved");
    }
    SocketChannel channel = SocketChannel.open();
    Selector selector = null;
    try {
      selector = Selector.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      SelectionKey key = channel.register(selector, 0);
      ChannelWire wire = new ChannelWire(channel, selector, key, deadline);
      boolean connected = channel.connect(address);
      while (!connected) {
        wire.await(SelectionKey.OP_CONNECT);
        connected = channel.finishConnect();
      }
      return wire;
    } catch (IOException | RuntimeException e) {
      close(channel, selector);
      if (e instanceof ConnectException || e instanceof SocketTimeoutException) {
        throw new IOException("cannot connect to " + host + ":" + port + ": " + e.getMessage(), e);
      }
      throw e;
    }
  }

  @Override
  public void readFully(ByteBuffer dst) throws IOException {
    while (dst.hasRemaining()) {
      int n = channel.read(dst);
      if (n < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (n == 0) {
        await(SelectionKey.OP_READ);
      }
    }
    dst.flip();
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    while (src.hasRemaining()) {
      if (channel.write(src) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void await(int operation) throws IOException {
    key.interestOps(operation);
    selector.select(deadline.millisLeft());
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  SocketChannel channel() {
    return channel;
  }

  Selector selector() {
    return selector;
  }

  SelectionKey key() {
    return key;
  }

  void close() {
    close(channel, selector);
  }

  private static void close(SocketChannel channel, Selector selector) {
    try {
      channel.close();
    } catch (IOException e) {
      // there is nothing left to release
    }
    if (selector != null) {
      try {
        selector.close();
      } catch (IOException e) {
        // nothing left to release here either
      }
    }
  }
}
