package org.nbdcore.plugin.nbd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.system.ErrorText;
import org.nbdcore.system.ProcessCalls;
import org.nbdcore.system.SocketCalls;

/**
 * A channel over the descriptor of a connected socket, because Java cannot create a channel from a
 * descriptor. One thread may read while another writes. Any thread may close it, which ends both
 * calls.
 */
final class DescriptorChannel implements ReadableByteChannel, GatheringByteChannel {

  private static final int CHUNK = 1 << 16;
  private static final int EINTR = 4;

  private final int descriptor;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /** Calls in progress, and one for the channel until it is closed. */
  private final AtomicInteger uses = new AtomicInteger(1);

  private final ByteBuffer in = ByteBuffer.allocateDirect(CHUNK);
  private final ByteBuffer out = ByteBuffer.allocateDirect(CHUNK);

  /** Takes over {@code descriptor}. */
  DescriptorChannel(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Fails if system calls do not work. */
  static void requireJna(String what) throws IOException {
    try {
      ProcessCalls.getpid();
    } catch (LinkageError e) {
      throw new NbdException(
          NbdError.EIO, what + " needs JNA, which does not work here: " + e.getMessage(), e);
    }
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    if (!dst.hasRemaining()) {
      return 0;
    }
    if (dst.isDirect()) {
      int count = transfer(dst, false);
      dst.position(dst.position() + Math.max(0, count));
      return count;
    }
    in.clear().limit(Math.min(CHUNK, dst.remaining()));
    int count = transfer(in, false);
    if (count > 0) {
      dst.put(in.limit(count));
    }
    return count;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    if (!src.hasRemaining()) {
      return 0;
    }
    if (src.isDirect()) {
      int count = transfer(src, true);
      src.position(src.position() + count);
      return count;
    }
    int length = Math.min(CHUNK, src.remaining());
    out.clear().put(0, src, src.position(), length).limit(length);
    int count = transfer(out, true);
    src.position(src.position() + count);
    return count;
  }

  @Override
  public long write(ByteBuffer[] srcs) throws IOException {
    return write(srcs, 0, srcs.length);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      while (srcs[i].hasRemaining()) {
        total += write(srcs[i]);
      }
    }
    return total;
  }

  /** One read(2) or send(2) between the position and the limit; -1 at the end of the stream. */
  private int transfer(ByteBuffer buffer, boolean sending) throws IOException {
    if (uses.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new ClosedChannelException();
    }
    try {
      Pointer at = Native.getDirectBufferPointer(buffer).share(buffer.position());
      return transfer(at, buffer.remaining(), sending);
    } finally {
      Reference.reachabilityFence(buffer); // the pointer does not keep the buffer reachable
      release();
    }
  }

  private int transfer(Pointer at, int length, boolean sending) throws IOException {
    while (true) {
      if (!open.get()) {
        throw new ClosedChannelException();
      }
      try {
        if (sending) {
          return (int) SocketCalls.send(descriptor, at, length, SocketCalls.MSG_NOSIGNAL);
        }
        int count = (int) SocketCalls.read(descriptor, at, length);
        return count == 0 ? -1 : count;
      } catch (LastErrorException e) {
        if (e.getErrorCode() != EINTR) {
          throw new IOException(
              (sending ? "writing to" : "reading from")
                  + " file descriptor "
                  + descriptor
                  + " failed: "
                  + ErrorText.of(e),
              e);
        }
      }
    }
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }

  /**
   * Shuts the connection down, which wakes threads that are blocked in a call. The last of them
   * closes the descriptor, so that a starting call cannot access another file with the same number.
   */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      try {
        SocketCalls.shutdown(descriptor, SocketCalls.SHUT_RDWR);
      } catch (LastErrorException e) {
        // the peer has disconnected, or this is not a socket
      }
      release();
    }
  }

  private void release() {
    if (uses.decrementAndGet() == 0) {
      ProcessCalls.close(descriptor);
    }
  }
}
