package org.nbdcore.plugin.data;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.Commands;

/** The contents of a file or the output of a command, possibly only the first bytes. */
abstract class FileContents implements Expression {

  /** The limit for the whole contents. */
  private static final int ALL = Integer.MAX_VALUE - 8;

  final SourcePosition position;
  private long most = Long.MAX_VALUE;
  private Literal read;

  private FileContents(SourcePosition position) {
    this.position = position;
  }

  /** The output of {@code script}, which {@code /bin/sh} runs. */
  static FileContents ofCommand(String script, SourcePosition position) {
    return new Command(script, position);
  }

  /** The contents of a file; a device or pipe is read to its end. */
  static FileContents ofFile(Path path, SourcePosition position) {
    return new Input(path, position);
  }

  /** Limits the contents to the first {@code bytes}, because the rest may be endless. */
  final void atMost(long bytes) {
    most = bytes;
  }

  final boolean limited() {
    return most < ALL;
  }

  /** Reads everything, or as much as is needed. */
  abstract byte[] read(int limit) throws IOException;

  private Literal contents() throws IOException {
    if (read == null) {
      int limit = (int) Math.min(most, ALL);
      byte[] bytes = read(limit);
      if (bytes.length == ALL) {
        throw position.failure("the input does not end: limit it, for example with [:1M]");
      }
      read = new Literal(bytes);
    }
    return read;
  }

  @Override
  public long length() throws IOException {
    return contents().length();
  }

  @Override
  public void write(ByteTarget target, long at, long from, long to) throws IOException {
    contents().write(target, at, from, to);
  }

  private static final class Input extends FileContents {

    private static final int PIECE = 1 << 20;

    private final Path path;

    Input(Path path, SourcePosition position) {
      super(position);
      this.path = path;
    }

    /**
     * True for a complete file: its size is known without reading it, and it may be larger than
     * memory.
     */
    private boolean plain() throws IOException {
      if (!Files.exists(path)) {
        throw position.failure(path + ": no such file");
      }
      return Files.isRegularFile(path) && Files.size(path) > 0; // not so in /proc
    }

    @Override
    public long length() throws IOException {
      return plain() ? Files.size(path) : super.length();
    }

    @Override
    byte[] read(int limit) throws IOException {
      try (InputStream in = Files.newInputStream(path)) {
        return in.readNBytes(limit);
      } catch (IOException e) {
        throw position.failure(path + ": " + e.getMessage());
      }
    }

    @Override
    public void write(ByteTarget target, long at, long from, long to) throws IOException {
      if (!plain()) {
        super.write(target, at, from, to);
        return;
      }
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, to - from));
      try (FileChannel channel = FileChannel.open(path)) {
        for (long done = from; done < to; done += piece.limit()) {
          piece.clear().limit((int) Math.min(piece.capacity(), to - done));
          while (piece.hasRemaining()) {
            if (channel.read(piece, done + piece.position()) < 0) {
              throw position.failure(path + " has become shorter");
            }
          }
          target.write(piece.flip(), at + done - from);
        }
      }
    }
  }

  private static final class Command extends FileContents {

    private final String script;

    Command(String script, SourcePosition position) {
      super(position);
      this.script = script;
    }

    @Override
    byte[] read(int limit) throws IOException {
      Process process =
          Commands.shell(script)
              .redirectInput(new File("/dev/null"))
              .redirectError(Redirect.INHERIT)
              .start();
      byte[] bytes;
      try (InputStream in = process.getInputStream()) {
        bytes = in.readNBytes(limit);
      }
      int status = exitStatus(process);
      // A command with more output gets a signal.
      if (status != 0 && !(limited() && bytes.length == limit)) {
        throw position.failure("the command ended with status " + status);
      }
      return bytes;
    }

    private int exitStatus(Process process) throws IOException {
      try {
        if (limited()) {
          process.destroy();
        }
        return process.waitFor();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw position.failure("interrupted while the command ran");
      }
    }
  }
}
