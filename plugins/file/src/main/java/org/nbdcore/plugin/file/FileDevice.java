package org.nbdcore.plugin.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BufferList;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.Log;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ZeroCopyReadable;
import org.nbdcore.system.SystemCalls;

/** An open file or block device. */
final class FileDevice implements BlockDevice, ZeroCopyReadable {

  private static final Log LOG = Log.of("file");
  private static final int CHUNK = 1 << 18;
  private static final int ATTEMPTS = 5;

  private final String name;
  private final FileChannel channel;
  private final boolean write;
  private final FileAllocation blocks;
  private final boolean regular;
  private final boolean system = SystemCalls.expected();
  private final long size;
  private final Session session;

  private FileDevice(
      Path path, FileChannel channel, Object key, boolean regular, boolean write, Session session)
      throws IOException {
    this.session = session;
    this.name = path.getFileName().toString();
    this.channel = channel;
    this.write = write;
    this.blocks = new FileAllocation(path, key, write);
    this.regular = regular;
    long reported = channel.size();
    this.size = reported == 0 && !regular ? blocks.size() : reported;
  }

  /** Opens for reading and writing; for reading only if requested or if the file is read-only. */
  static FileDevice open(Path path, boolean readOnly, Session session) throws IOException {
    try {
      if (!readOnly) {
        try {
          return openSame(path, true, session);
        } catch (IOException e) {
          if (!SystemErrors.writeRefused(e)) {
            throw e;
          }
          LOG.debug(() -> path + " can only be read: " + e);
        }
      }
      return openSame(path, false, session);
    } catch (IOException e) {
      throw SystemErrors.failed("cannot open " + path.getFileName(), e);
    }
  }

  /**
   * Opens a file, and makes sure that the name refers to the same file before and after. Otherwise
   * a file that replaced it could be changed when holes are punched.
   */
  private static FileDevice openSame(Path path, boolean write, Session session) throws IOException {
    for (int i = 0; ; i++) {
      Object key = key(path);
      FileChannel channel =
          write
              ? FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)
              : FileChannel.open(path, StandardOpenOption.READ);
      try {
        if (Objects.equals(key, key(path))) {
          return new FileDevice(path, channel, key, regular(path), write, session);
        }
        if (i == ATTEMPTS) {
          return new FileDevice(path, channel, null, regular(path), write, session);
        }
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      channel.close();
    }
  }

  /**
   * A regular file that is open, for reading only.
   *
   * @param path the name that it had
   * @param key of the file
   */
  static FileDevice reading(Path path, FileChannel channel, Object key) throws IOException {
    return new FileDevice(path, channel, key, true, false, Session.DETACHED);
  }

  /** Enables log messages that describe how each zero request was carried out. */
  void explainZeroes() {
    blocks.explain();
  }

  private static boolean regular(Path path) {
    return FileKind.of(path) == FileKind.REGULAR;
  }

  static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    Capabilities reading =
        (write ? Capabilities.readWrite() : Capabilities.readOnly())
            .withExtents(system && regular)
            .withCache(system ? Support.NATIVE : Support.EMULATE)
            .withMultiConn(true);
    if (!write) {
      return reading;
    }
    return reading
        .withFlush(true)
        .withFua(Support.NATIVE)
        .withTrim(system)
        .withZero(Support.NATIVE)
        .withFastZero(system);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    long at = offset;
    while (dst.hasRemaining()) {
      int count;
      try {
        count = channel.read(dst, at);
      } catch (IOException e) {
        throw SystemErrors.failed("reading " + name, e);
      }
      if (count < 0) {
        throw new NbdException(
            NbdError.EIO,
            name + " ends at " + channel.size() + ", but had " + size + " bytes when opened");
      }
      at += count;
    }
  }

  /** Data in the page cache is sent from there; other data is read, because a read can fail. */
  @Override
  public boolean readZeroCopy(long offset, long length, BufferList buffers) throws IOException {
    if (!system
        || !buffers.acceptsFiles()
        || !blocks.cached(offset, length, size)
        || channel.size() < offset + length) {
      return false;
    }
    buffers.addFile(channel, offset, length);
    return true;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    needWrite();
    long at = offset;
    while (src.hasRemaining()) {
      try {
        at += channel.write(src, at);
      } catch (IOException e) {
        throw SystemErrors.failed("writing " + name, e);
      }
    }
    force(flags);
  }

  @Override
  public void flush() throws IOException {
    needWrite();
    force(Flags.FUA);
  }

  /** Punches a hole. Does nothing if this is not supported, because a trim is only a hint. */
  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    needWrite();
    blocks.punch(offset, length);
    force(flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    needWrite();
    boolean mayTrim = flags.has(Flags.MAY_TRIM);
    boolean done = mayTrim && blocks.punch(offset, length) || blocks.zero(offset, length);
    if (!done) {
      if (flags.has(Flags.FAST_ZERO)) {
        throw new NbdException(NbdError.ENOTSUP, name + " does not support fast zeroes here");
      }
      writeZeroes(offset, length);
    }
    force(flags);
  }

  private void writeZeroes(long offset, long length) throws IOException {
    ByteBuffer zeroes = ByteBuffer.allocateDirect((int) Math.min(length, CHUNK));
    for (long at = offset; at < offset + length; at += zeroes.capacity()) {
      session.requireConnected();
      zeroes.clear().limit((int) Math.min(zeroes.capacity(), offset + length - at));
      write(zeroes, at, Flags.NONE);
    }
  }

  private void needWrite() throws NbdException {
    if (!write) {
      throw new NbdException(NbdError.EPERM, name + " is open for reading only");
    }
  }

  /** Makes writes durable with fdatasync, which is sufficient because the size does not change. */
  private void force(Flags flags) throws IOException {
    if (!flags.has(Flags.FUA)) {
      return;
    }
    try {
      channel.force(false);
    } catch (IOException e) {
      throw SystemErrors.failed("flushing " + name, e);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    blocks.extents(offset, length, size, flags.has(Flags.REQ_ONE), sink);
  }

  /** Asks the system to prefetch the range in the background. */
  @Override
  public void cache(long offset, long length) throws IOException {
    if (blocks.fetch(offset, length)) {
      return;
    }
    ByteBuffer scratch = ByteBuffer.allocateDirect((int) Math.min(length, CHUNK));
    for (long at = offset; at < offset + length; at += scratch.capacity()) {
      session.requireConnected();
      read(scratch.clear().limit((int) Math.min(scratch.capacity(), offset + length - at)), at);
    }
  }

  @Override
  public void close() throws IOException {
    blocks.close();
    channel.close();
  }
}
