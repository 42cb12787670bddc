package org.nbdcore.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.log.ExceptionText;
import org.nbdcore.spi.Log;

/**
 * Connects a client on standard input and output (two pipes, for example of ssh, or a file with
 * requests) to the server, which needs one socket: threads copy the bytes in both directions.
 */
final class StandardStreams {

  private static final Log LOG = Log.of("");
  private static final int BUFFER = 1 << 16;

  private final SocketChannel server;
  private final Thread output;

  private StandardStreams(SocketChannel server, Thread output) {
    this.server = server;
    this.output = output;
  }

  /** True if standard input is open and not a socket, but a pipe, a file or a terminal. */
  static boolean areNoSocket() {
    try {
      return !Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString().startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts to copy in both directions, on two threads. */
  static StandardStreams open(String program) throws IOException {
    SocketChannel near;
    SocketChannel far;
    try (PrivateSocket place = PrivateSocket.create(program);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(place.path());
      listener.bind(address);
      near = SocketChannel.open(address);
      far = listener.accept();
    }
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    Thread input = new Thread(() -> copyIn(in, near), "nbd-stdin");
    Thread output = new Thread(() -> copyOut(near, out), "nbd-stdout");
    input.setDaemon(true);
    output.setDaemon(true);
    input.start();
    output.start();
    return new StandardStreams(far, output);
  }

  // The JDK's streams over a channel let one thread only read or write, before Java 19.

  private static void copyIn(InputStream from, SocketChannel to) {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      LOG.debug(() -> "standard input: " + ExceptionText.of(e));
    }
  }

  private static void copyOut(SocketChannel from, OutputStream to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      while (from.read(buffer.clear()) >= 0) {
        to.write(buffer.array(), 0, buffer.position());
      }
    } catch (IOException e) {
      LOG.debug(() -> "standard output: " + ExceptionText.of(e));
    } finally {
      close(from); // standard output is closed, so the server must not wait for its reader
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug(() -> "while closing: " + ExceptionText.of(e));
    }
  }

  /** The server's end, which it owns. */
  SocketChannel channel() {
    return server;
  }

  /** Waits until everything that the server has sent is written. */
  void finish() throws InterruptedException {
    output.join();
  }
}
