package org.nbdcore.plugin.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.StringJoiner;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Sizes;
import org.nbdcore.spi.Support;

/** A disk that a script has opened. Passes the script's handle with every call. */
final class ScriptDevice implements BlockDevice {

  /** Maximum bytes of one write of an emulated zero request, as in nbdkit. */
  private static final int MAX_ZEROES = 64 << 20;

  private static final int PIECE = 64 << 10;

  private final ScriptRunner runner;
  private final Session session;
  private final String handle;
  private final long size;
  private final ScriptCapabilities abilities;

  private ScriptDevice(ScriptRunner runner, OpenRequest request, String handle) throws IOException {
    this.runner = runner;
    this.session = request.session();
    this.handle = handle;
    this.size = askSize();
    this.abilities = new ScriptCapabilities(runner, session, handle, request.readOnly());
  }

  static ScriptDevice open(ScriptRunner runner, OpenRequest request) throws IOException {
    MethodResult answer =
        runner.call(
            request.session(),
            "open",
            Boolean.toString(request.readOnly()),
            request.exportName(),
            Boolean.toString(request.tls()));
    runner.refuseFalse("open", answer.kind());
    String handle = answer.missing() ? "" : answer.handle();
    try {
      return new ScriptDevice(runner, request, handle);
    } catch (IOException | RuntimeException e) {
      try {
        runner.call(request.session(), "close", handle);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private long askSize() throws IOException {
    MethodResult answer = required("get_size", runner.call(session, "get_size", handle));
    try {
      return Sizes.parse(answer.text().strip());
    } catch (ConfigException e) {
      throw runner.wrong("get_size", "its output " + e.getMessage());
    }
  }

  private MethodResult required(String method, MethodResult answer) throws IOException {
    required(method, answer.kind());
    return answer;
  }

  private void required(String method, MethodResult.Kind kind) throws IOException {
    runner.refuseFalse(method, kind);
    if (kind == MethodResult.Kind.MISSING) {
      throw runner.wrong(method, "this method is required");
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Capabilities capabilities() {
    return abilities.capabilities;
  }

  @Override
  public Optional<String> description() throws IOException {
    MethodResult answer = runner.call(session, "export_description", handle);
    return answer.kind() == MethodResult.Kind.OK ? Optional.of(answer.text()) : Optional.empty();
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int count = dst.remaining();
    boolean[] more = new boolean[1];
    asInvalid(
        () ->
            required(
                "pread",
                runner.read(
                    session,
                    stdout -> more[0] = fill(dst, stdout),
                    "pread",
                    handle,
                    Integer.toString(count),
                    Long.toString(offset))));
    if (more[0] || dst.hasRemaining()) {
      String printed = more[0] ? "more" : Integer.toString(count - dst.remaining());
      throw runner.wrong("pread", "must print " + count + " bytes, but it has printed " + printed);
    }
  }

  /** Fills {@code dst} from the output. Returns true if there is more output. */
  private static boolean fill(ByteBuffer dst, InputStream stdout) throws IOException {
    byte[] piece = new byte[Math.min(PIECE, Math.max(1, dst.remaining()))];
    while (dst.hasRemaining()) {
      int read = stdout.read(piece, 0, Math.min(piece.length, dst.remaining()));
      if (read < 0) {
        return false;
      }
      dst.put(piece, 0, read);
    }
    return stdout.read() >= 0;
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int count = src.remaining();
    pwrite(stdin -> Channels.newChannel(stdin).write(src.duplicate()), count, offset, flags);
    src.position(src.limit());
    flushIfEmulated(flags);
  }

  private void pwrite(ScriptRunner.Source source, int count, long offset, Flags flags)
      throws IOException {
    checkWritable();
    asInvalid(
        () ->
            required(
                "pwrite",
                runner.write(
                    session,
                    source,
                    "pwrite",
                    handle,
                    Integer.toString(count),
                    Long.toString(offset),
                    text(flags))));
  }

  private void checkWritable() throws NbdException {
    if (!abilities.capabilities.write()) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
  }

  /** Flags in words, without the one that this plugin implements itself. */
  private String text(Flags flags) {
    StringJoiner words = new StringJoiner(",");
    if (flags.has(Flags.FUA) && abilities.fua == Support.NATIVE) {
      words.add("fua");
    }
    if (flags.has(Flags.MAY_TRIM)) {
      words.add("may_trim");
    }
    if (flags.has(Flags.FAST_ZERO)) {
      words.add("fast");
    }
    return words.toString();
  }

  /** Flushes even if flush is not offered to the client, as nbdkit does. */
  private void flushIfEmulated(Flags flags) throws IOException {
    if (flags.has(Flags.FUA) && abilities.fua == Support.EMULATE) {
      runner.perform(session, "flush", handle);
    }
  }

  @Override
  public void flush() throws IOException {
    if (!abilities.capabilities.flush()) {
      throw new NbdException(NbdError.EINVAL, "this disk has no flush");
    }
    asInvalid(() -> runner.perform(session, "flush", handle));
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    checkWritable();
    if (!abilities.capabilities.trim()) {
      throw new NbdException(NbdError.EINVAL, "this disk has no trim");
    }
    asInvalid(
        () ->
            runner.perform(
                session,
                "trim",
                handle,
                Long.toString(length),
                Long.toString(offset),
                text(flags)));
    flushIfEmulated(flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    checkWritable();
    if (!zeroed(offset, length, flags)) {
      if (flags.has(Flags.FAST_ZERO)) {
        throw new NbdException(NbdError.ENOTSUP, "zeroes are not faster than a write here");
      }
      long end = offset + length;
      for (long at = offset; at < end; at += MAX_ZEROES) {
        int count = (int) Math.min(MAX_ZEROES, end - at);
        pwrite(stdin -> writeZeroes(stdin, count), count, at, flags.only(Flags.FUA));
      }
    }
    flushIfEmulated(flags);
  }

  /** Returns true if the script has zeroed the range. Otherwise the disk is unchanged. */
  private boolean zeroed(long offset, long length, Flags flags) throws IOException {
    if (!abilities.canZero) {
      return false;
    }
    try {
      return runner.perform(
          session, "zero", handle, Long.toString(length), Long.toString(offset), text(flags));
    } catch (NbdException e) {
      if (e.error() == NbdError.ENOTSUP) {
        return false;
      }
      throw e;
    }
  }

  private static void writeZeroes(OutputStream stdin, int count) throws IOException {
    byte[] zeroes = new byte[Math.min(PIECE, count)];
    for (int rest = count; rest > 0; rest -= zeroes.length) {
      stdin.write(zeroes, 0, Math.min(rest, zeroes.length));
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    String one = flags.has(Flags.REQ_ONE) ? "req_one" : "";
    MethodResult answer =
        runner.call(session, "extents", handle, Long.toString(length), Long.toString(offset), one);
    runner.refuseFalse("extents", answer.kind());
    if (answer.missing()) {
      sink.add(offset, length, ExtentSink.DATA);
    } else {
      ExtentLines.parse(runner, answer.text(), offset, sink);
    }
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    if (abilities.capabilities.cache() != Support.NATIVE) {
      throw new NbdException(NbdError.EINVAL, "this disk has no cache");
    }
    asInvalid(
        () ->
            runner.perform(session, "cache", handle, Long.toString(length), Long.toString(offset)));
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Only a zero request may fail with ENOTSUP; for other requests it becomes EINVAL. */
  private static void asInvalid(Step step) throws IOException {
    try {
      step.run();
    } catch (NbdException e) {
      throw e.error() == NbdError.ENOTSUP
          ? new NbdException(NbdError.EINVAL, e.getMessage(), e)
          : e;
    }
  }

  @Override
  public void close() throws IOException {
    runner.call(session, "close", handle);
  }
}
