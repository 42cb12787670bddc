package org.nbdcore.client.copy;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.nbdcore.protocol.MetaContext;
import org.nbdcore.protocol.NbdUri;

/** Copies a whole disk from a source to a destination. */
public final class Copy {

  private static final String FILE = "file:///";

  private final CopyOptions options;
  private final CopyProgress progress;

  private Copy(CopyOptions options, CopyProgress progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Copies a disk. Source and destination are NBD URIs, files, block devices, or {@code -} for
   * standard input and output. A file may also be a URI {@code file:///PATH}, which can represent
   * names that are not UTF-8. The destination {@code null:} discards all data. A destination file
   * is truncated first. After a failure, the data written so far remains.
   *
   * @param from the source
   * @param to the destination
   * @param progress receives the progress of the copy
   * @return statistics of the copy
   * @throws IOException naming the source or destination, the offset and the reason
   * @throws IllegalArgumentException if {@code from} or {@code to} is an invalid URI
   */
  public static CopyResult run(String from, String to, CopyOptions options, CopyProgress progress)
      throws IOException {
    return new Copy(options, progress).run(from, to);
  }

  private CopyResult run(String from, String to) throws IOException {
    if (!isUri(from) && !isUri(to) && !from.equals("-") && !to.equals("-")) {
      refuseSameFile(path(from), to);
    }
    try (CopySource source = source(from);
        CopyTarget target = target(to)) {
      return run(source, target);
    }
  }

  /**
   * Copies a disk between an open source and an open destination. The caller closes both.
   *
   * @throws IOException naming the source or destination, the offset and the reason
   */
  public static CopyResult run(
      CopySource source, CopyTarget target, CopyOptions options, CopyProgress progress)
      throws IOException {
    return new Copy(options, progress).run(source, target);
  }

  private CopyResult run(CopySource source, CopyTarget target) throws IOException {
    if (target.size() >= 0 && source.size() > target.size()) {
      throw new IOException(
          target
              + " has "
              + target.size()
              + " bytes, too few for "
              + source
              + " with "
              + source.size());
    }
    target.begin(source.size());
    CopyResult result = copy(source, target);
    target.end(result.bytes());
    if (options.flush()) {
      target.flush();
    }
    return result;
  }

  private CopyResult copy(CopySource source, CopyTarget target) throws IOException {
    int unit = Math.max(source.alignment(), target.alignment());
    int requestSize = Math.min(source.maximumRequest(), target.maximumRequest());
    requestSize = Math.min(requestSize, options.requestSize());
    requestSize = Math.max(unit, requestSize - requestSize % unit);
    int hole = target.preferredHole();
    if (hole > 0) {
      hole = options.sparse() == 0 ? 0 : Math.max(Math.max(options.sparse(), hole), unit);
    }
    int connections = Math.max(source.connections(), target.connections());
    int workers = workers(source.size(), requestSize, connections);
    CopyPlan plan =
        source.size() < 0
            ? new PipePlan(source, target.size())
            : new ExtentPlan(source, unit, requestSize, options.extents());
    long bytes = new CopyWorkers(source, target, plan, progress, requestSize, hole).run(workers);
    return new CopyResult(bytes, source.connections(), target.connections(), workers, requestSize);
  }

  private int workers(long size, int requestSize, int connections) {
    long count = Math.max(1, options.queueSize() / requestSize);
    if (options.requests() > 0) {
      count = Math.min(count, (long) options.requests() * connections);
    }
    if (size >= 0) {
      count = Math.min(count, (size + requestSize - 1) / requestSize);
    }
    return (int) Math.max(1, count);
  }

  /**
   * Opens a source. The caller closes it.
   *
   * @param place the source, as in {@link #run(String, String, CopyOptions, CopyProgress)}
   * @throws IOException naming the source and the reason
   * @throws IllegalArgumentException if {@code place} is an invalid URI
   */
  public static CopySource open(String place, CopyOptions options) throws IOException {
    return new Copy(options, (done, total) -> {}).source(place);
  }

  private CopySource source(String place) throws IOException {
    if (isUri(place)) {
      List<String> contexts = options.extents() ? List.of(MetaContext.BASE_ALLOCATION) : List.of();
      return new NbdSource(
          NbdConnections.connect("source", NbdUri.parse(place), options, contexts));
    }
    if (place.equals("-")) {
      return new PipeStream("standard input", new FileInputStream(FileDescriptor.in).getChannel());
    }
    Path path = path(place);
    if (isStream(path)) {
      return new PipeStream("source " + place, FileChannel.open(path, StandardOpenOption.READ));
    }
    return new FileSource(path);
  }

  private CopyTarget target(String place) throws IOException {
    if (isUri(place)) {
      NbdConnections connections =
          NbdConnections.connect("destination", NbdUri.parse(place), options, List.of());
      NbdTarget target = new NbdTarget(connections, options.allocated());
      return options.destinationIsZero() && !options.allocated() ? new ZeroTarget(target) : target;
    }
    if (place.equals("null:")) {
      return new NullTarget();
    }
    if (place.equals("-")) {
      return new PipeStream(
          "standard output", new FileOutputStream(FileDescriptor.out).getChannel());
    }
    Path path = path(place);
    if (isStream(path)) {
      return new PipeStream(
          "destination " + place, FileChannel.open(path, StandardOpenOption.WRITE));
    }
    return new FileTarget(path, options);
  }

  private static boolean isUri(String place) {
    return place.indexOf("://") > 0 && !place.startsWith(FILE);
  }

  private static Path path(String place) {
    return place.startsWith(FILE) ? Path.of(URI.create(place)) : Path.of(place);
  }

  /** A FIFO, a character device, a socket: no size and no offsets. */
  private static boolean isStream(Path path) throws IOException {
    if (!java.nio.file.Files.exists(path)
        || java.nio.file.Files.isRegularFile(path)
        || java.nio.file.Files.isDirectory(path)) {
      return false;
    }
    Object mode = java.nio.file.Files.getAttribute(path, "unix:mode");
    return ((Integer) mode & 0170000) != 0060000;
  }

  private static void refuseSameFile(Path from, String to) throws IOException {
    Path other = path(to);
    if (java.nio.file.Files.isRegularFile(other)
        && java.nio.file.Files.exists(from)
        && java.nio.file.Files.isSameFile(from, other)) {
      throw new IOException("source and destination are the same file: " + from);
    }
  }
}
