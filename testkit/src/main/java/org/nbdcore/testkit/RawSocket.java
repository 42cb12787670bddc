package org.nbdcore.testkit;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A TCP or Unix socket that sends and receives complete buffers. After a time limit, calls fail
 * with {@link SocketTimeoutException}. For use by one thread.
 */
final class RawSocket implements Closeable {

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private Duration timeout = Duration.ofSeconds(20);

  RawSocket(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.selector = Selector.open();
    channel.configureBlocking(false);
    this.key = channel.register(selector, 0);
  }

  static RawSocket connect(SocketAddress address) throws IOException {
    return new RawSocket(SocketChannel.open(address));
  }

  SocketChannel channel() {
    return channel;
  }

  void timeout(Duration newTimeout) {
    timeout = newTimeout;
  }

  void send(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        await(SelectionKey.OP_WRITE, bytes.remaining() + " of " + length + " bytes to be taken");
      }
    }
  }

  /** Exactly {@code length} bytes. */
  ByteBuffer receive(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      int count = channel.read(bytes);
      if (count < 0) {
        throw new EOFException(
            "the server closed the connection after "
                + bytes.position()
                + " of "
                + length
                + " bytes");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ, bytes.remaining() + " of " + length + " bytes to arrive");
      }
    }
    return bytes.flip();
  }

  /** Waits for the end of the stream (true) or for a byte (false). */
  boolean isAtEnd() throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    while (true) {
      int count;
      try {
        count = channel.read(one);
      } catch (IOException e) {
        return true; // a reset ends the stream too
      }
      if (count != 0) {
        return count < 0;
      }
      await(SelectionKey.OP_READ, "the connection to end");
    }
  }

  private void await(int operation, String what) throws IOException {
    key.interestOps(operation);
    selector.selectedKeys().clear();
    if (selector.select(timeout.toMillis()) == 0) {
      throw new SocketTimeoutException("waited " + timeout.toMillis() + " ms for " + what);
    }
  }

  /** Drops the connection: by a reset on TCP. */
  void drop() throws IOException {
    if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    }
    close();
  }

  @Override
  public void close() throws IOException {
    try (selector) {
      channel.close();
    }
  }
}
