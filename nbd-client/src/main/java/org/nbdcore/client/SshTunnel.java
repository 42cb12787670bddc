package org.nbdcore.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.nbdcore.protocol.NbdUri;
import org.nbdcore.spi.Commands;

/**
 * A connection through the program ssh, which runs nc on the remote host, as libnbd does. At most
 * one thread may read while another writes. Any thread may close it, which ends both calls.
 */
final class SshTunnel implements ReadableByteChannel, GatheringByteChannel {

  private static final int CHUNK = 1 << 16;

  private final Process process;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] received = new byte[CHUNK];
  private final byte[] sent = new byte[CHUNK];

  private SshTunnel(Process process) {
    this.process = process;
    in = process.getInputStream();
    out = process.getOutputStream();
  }

  /** Starts ssh. Its messages go to the standard error of this program. */
  static SshTunnel start(NbdUri uri) throws IOException {
    try {
      ProcessBuilder builder = Commands.of(command(uri));
      return new SshTunnel(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw NbdClientException.broken("cannot connect to " + uri + ": " + e.getMessage(), e);
    }
  }

  /** The command and its arguments. The last argument is for the shell of the remote host. */
  static List<String> command(NbdUri uri) {
    List<String> words = new ArrayList<>(List.of("ssh"));
    if (uri.compression()) {
      words.add("-C");
    }
    words.addAll(List.of("-p", Integer.toString(uri.port()), "--"));
    words.add(uri.user() == null ? uri.host() : uri.user() + "@" + uri.host());
    words.add(
        uri.socket() == null
            ? "nc localhost " + uri.nbdPort()
            : "nc -U '" + uri.socket().replace("'", "'\\''") + "'");
    return words;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    int count = in.read(received, 0, Math.min(CHUNK, dst.remaining()));
    if (count > 0) {
      dst.put(received, 0, count);
    }
    return count;
  }

  @Override
  public int write(ByteBuffer src) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    int total = src.remaining();
    copy(src);
    out.flush();
    return total;
  }

  @Override
  public long write(ByteBuffer[] srcs) throws IOException {
    return write(srcs, 0, srcs.length);
  }

  @Override
  public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      total += srcs[i].remaining();
      copy(srcs[i]);
    }
    out.flush();
    return total;
  }

  private void copy(ByteBuffer src) throws IOException {
    while (src.hasRemaining()) {
      int length = Math.min(CHUNK, src.remaining());
      src.get(sent, 0, length);
      out.write(sent, 0, length);
    }
  }

  @Override
  public boolean isOpen() {
    return process.isAlive();
  }

  /** Terminates ssh, which also ends a blocked read. */
  @Override
  public void close() {
    process.destroy();
  }
}
