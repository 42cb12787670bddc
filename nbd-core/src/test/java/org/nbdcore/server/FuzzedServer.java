package org.nbdcore.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.nbdcore.spi.Log;
import org.nbdcore.testkit.ModelDevice;

/**
 * A server that any bytes are sent to. Whatever they are, it has to end the connection in time,
 * give back all memory, let nothing through to the disk that the SPI rules out, and meet no failure
 * that nobody thought of.
 */
final class FuzzedServer {

  private static final int SIZE = 1 << 16;
  private static final int MAX_ANSWER = 64 << 20;
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** A new server is made after so many, as the disk of the test remembers every call. */
  private static final int INPUTS = 10_000;

  private final Consumer<Options> change;
  private ModelDevice device;
  private NbdServer server;
  private SocketAddress address;
  private int inputs;
  private volatile Throwable failure;

  FuzzedServer(Consumer<Options> change) {
    this.change = change;
  }

  private void start() {
    try {
      if (server != null) {
        server.close();
      }
      device = new ModelDevice(SIZE);
      Path folder = Files.createTempDirectory("fuzz");
      folder.toFile().deleteOnExit();
      address = UnixDomainSocketAddress.of(folder.resolve("socket"));
      folder.resolve("socket").toFile().deleteOnExit();
      Options options = new Options();
      options.listen = List.of(address);
      change.accept(options);
      server = NbdServer.start(TestServer.chain(TestPlugin.of(device)), options.build());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sends bytes and the end of the stream, and returns all that comes back. */
  byte[] answer(byte[]... parts) {
    Log.install(new Failures());
    if (inputs++ % INPUTS == 0) {
      start();
    }
    byte[] answer;
    try (SocketChannel channel = SocketChannel.open(address)) {
      answer = exchange(channel, parts);
    } catch (IOException e) {
      throw new IllegalStateException("the server broke the connection", e);
    }
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    while (server.memoryInUse() != 0) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(server.memoryInUse() + " bytes of memory are still in use");
      }
      LockSupport.parkNanos(20_000);
    }
    if (failure != null) {
      throw new IllegalStateException("a failure that nobody thought of", failure);
    }
    if (!device.violations().isEmpty()) {
      throw new IllegalStateException(device.violations().toString());
    }
    return answer;
  }

  private static byte[] exchange(SocketChannel channel, byte[][] parts) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    ByteBuffer unsent = ByteBuffer.wrap(all.toByteArray());
    ByteBuffer received = ByteBuffer.allocate(1 << 16);
    channel.configureBlocking(false);
    boolean sending = true;
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      while (true) {
        if (sending) {
          try {
            channel.write(unsent);
            if (!unsent.hasRemaining()) {
              channel.shutdownOutput();
              sending = false;
            }
          } catch (IOException e) {
            sending = false; // the server has had enough
          }
        }
        int count;
        try {
          count = channel.read(received.clear());
        } catch (IOException e) {
          return answer.toByteArray(); // a reset, as it left with bytes unread
        }
        if (count < 0) {
          return answer.toByteArray();
        }
        answer.write(received.array(), 0, count);
        if (System.nanoTime() > deadline || answer.size() > MAX_ANSWER) {
          throw new IllegalStateException("no end after " + answer.size() + " bytes of answer");
        }
        if (count == 0) {
          key.interestOps(SelectionKey.OP_READ | (sending ? SelectionKey.OP_WRITE : 0));
          selector.select(1000);
          selector.selectedKeys().clear();
        }
      }
    }
  }

  /** Remembers what should not have happened. */
  private final class Failures implements Log.Handler {
    @Override
    public boolean enabled(Log.Level level) {
      return level.compareTo(Log.Level.WARN) >= 0;
    }

    @Override
    public void log(Log.Level level, String name, String message, Throwable thrown) {
      if (thrown instanceof RuntimeException || thrown instanceof Error) {
        failure = thrown;
      }
    }
  }
}
