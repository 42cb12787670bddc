package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.nbdcore.client.ExportInfo;
import org.nbdcore.client.NbdClient;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.BlockSizes;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.LostWritesException;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.Support;

/** An export of the remote server, opened for one client of this server. */
final class NbdDevice implements BlockDevice {

  private final RemoteConnection link;
  private final boolean shared;
  private final boolean readOnly;
  private final Session session;
  private volatile int reportedLosses;
  private volatile boolean changed; // whether a loss could be one of this client's

  /** A shared link is left open when this is closed. */
  NbdDevice(RemoteConnection link, boolean shared, boolean readOnly, Session session) {
    this.link = link;
    this.shared = shared;
    this.readOnly = readOnly;
    this.session = session;
    this.reportedLosses = link.losses();
  }

  @Override
  public long size() {
    return link.export().size();
  }

  @Override
  public Capabilities capabilities() {
    ExportInfo export = link.export();
    boolean write = !export.isReadOnly() && !readOnly;
    Support fua = export.canFlush() ? Support.EMULATE : Support.NONE;
    return (write ? Capabilities.readWrite() : Capabilities.readOnly())
        .withFlush(export.canFlush())
        .withTrim(write && export.canTrim())
        .withZero(!write ? Support.NONE : export.canZero() ? Support.NATIVE : Support.EMULATE)
        .withFastZero(write && export.canFastZero())
        .withFua(!write ? Support.NONE : export.canFua() ? Support.NATIVE : fua)
        .withExtents(export.metaContexts().contains(MetaContext.BASE_ALLOCATION))
        .withCache(export.canCache() ? Support.NATIVE : Support.NONE)
        .withMultiConn(shared || export.canMultiConn())
        .withRotational(export.isRotational())
        .withBlockSizes(blockSizes(export));
  }

  private static BlockSizes blockSizes(ExportInfo export) {
    if (export.blockSizes() == null) {
      return BlockSizes.DEFAULT; // long reads and writes are split for the remote server
    }
    return export.blockSizes();
  }

  @Override
  public Optional<String> description() {
    String text = link.export().description();
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  @Override
  public void read(ByteBuffer dst, long offset) throws IOException {
    int start = dst.position();
    int end = dst.limit();
    int step = link.maximumPayload();
    try {
      for (int at = start; at < end; at = dst.position()) {
        dst.limit(Math.min(end, at + step));
        long from = offset + at - start;
        link.run(client -> client.read(dst, from), session);
      }
    } finally {
      dst.limit(end); // the remaining bytes tell where the read failed
    }
  }

  @Override
  public void write(ByteBuffer src, long offset, Flags flags) throws IOException {
    int start = src.position();
    int end = src.limit();
    int step = link.maximumPayload();
    try {
      for (int at = start; at < end; at = src.position()) {
        src.limit(Math.min(end, at + step));
        long to = offset + at - start;
        changing(client -> client.write(src, to, flags), flags);
      }
    } finally {
      src.limit(end);
    }
  }

  @Override
  public void flush() throws IOException {
    link.run(this::flush, session);
  }

  private void flush(NbdClient client) throws IOException {
    reportLoss();
    long covered = link.changes();
    client.flush();
    link.flushed(covered);
  }

  @Override
  public void trim(long offset, long length, Flags flags) throws IOException {
    changing(client -> client.trim(offset, length, flags), flags);
  }

  @Override
  public void zero(long offset, long length, Flags flags) throws IOException {
    changing(client -> client.zero(offset, length, flags), flags);
  }

  private void changing(RemoteConnection.Request request, Flags flags) throws IOException {
    if (readOnly) {
      throw new NbdException(NbdError.EPERM, "this disk is read-only");
    }
    if (!changed) {
      changed = true;
    }
    if (!flags.has(Flags.FUA)) {
      link.change(request, session);
    } else {
      link.run(request, session);
    }
  }

  @Override
  public void extents(long offset, long length, Flags flags, ExtentSink sink) throws IOException {
    link.run(
        client ->
            client.blockStatus(
                offset,
                length,
                flags,
                (context, at, size, type) ->
                    sink.add(at, size, type & (ExtentSink.HOLE | ExtentSink.ZERO))),
        session);
  }

  @Override
  public void cache(long offset, long length) throws IOException {
    link.run(client -> client.cache(offset, length), session);
  }

  /** Throws if a loss is new to this client. */
  private void reportLoss() throws LostWritesException {
    int losses = link.losses();
    if (losses != reportedLosses) {
      reportedLosses = losses;
      throw new LostWritesException(
          "the connection to the server was lost, and unflushed writes may be lost");
    }
  }

  @Override
  public void close() throws LostWritesException {
    if (!shared) {
      link.close();
    }
    if (changed) {
      reportLoss();
    }
  }
}
