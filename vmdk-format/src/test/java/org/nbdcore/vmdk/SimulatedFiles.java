package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Files in memory that simulate a crash. A test chooses the last call that succeeds. Afterwards,
 * {@link #afterKill} returns the files with all writes, and {@link #afterPowerCut} returns them
 * with a random selection of the sectors that were written since the last force.
 */
final class SimulatedFiles {
  private static final int SECTOR = 512;
  private static final long MAX_SIZE = 256 << 20;

  private final Map<String, Content> files = new TreeMap<>();
  private long calls;
  private long lastCall = Long.MAX_VALUE;

  /** Thrown by the first call that fails, and by all later ones. */
  static final class Cut extends IOException {
    private static final long serialVersionUID = 1L;

    Cut() {
      super("the simulated machine has stopped");
    }
  }

  /** A write, or a new size if {@code bytes} is null. */
  private record Change(long position, byte[] bytes) {}

  private static final class Content {
    byte[] bytes = new byte[0];
    byte[] durable = new byte[0];
    final List<Change> changes = new ArrayList<>(); // since the last force

    void apply(Change change) {
      bytes = applied(bytes, change);
      changes.add(change);
    }

    static byte[] applied(byte[] to, Change change) {
      if (change.bytes == null) {
        return Arrays.copyOf(to, (int) change.position);
      }
      int end = (int) change.position + change.bytes.length;
      byte[] target = end > to.length ? Arrays.copyOf(to, end) : to;
      System.arraycopy(change.bytes, 0, target, (int) change.position, change.bytes.length);
      return target;
    }
  }

  /** The number of calls up to now. */
  synchronized long calls() {
    return calls;
  }

  /** Lets {@code more} more calls succeed; all later ones fail. */
  synchronized void cutAfter(long more) {
    lastCall = calls + more;
  }

  FileLocation at(String name) {
    return new Location(name);
  }

  synchronized byte[] bytes(String name) {
    return files.get(name).bytes.clone();
  }

  synchronized void put(String name, byte[] bytes) {
    Content content = new Content();
    content.bytes = bytes.clone();
    content.durable = bytes.clone();
    files.put(name, content);
  }

  synchronized List<String> names() {
    return List.copyOf(files.keySet());
  }

  /** Returns the files after the process was killed. */
  synchronized SimulatedFiles afterKill() {
    SimulatedFiles result = new SimulatedFiles();
    files.forEach((name, content) -> result.put(name, content.bytes));
    return result;
  }

  /** Returns the files as a power cut may leave them. */
  synchronized SimulatedFiles afterPowerCut(Random random) {
    SimulatedFiles result = new SimulatedFiles();
    files.forEach((name, content) -> result.put(name, survivor(content, random)));
    return result;
  }

  private static byte[] survivor(Content content, Random random) {
    byte[] bytes = content.durable.clone();
    for (Change change : content.changes) {
      if (change.bytes == null) {
        bytes = random.nextBoolean() ? Content.applied(bytes, change) : bytes;
        continue;
      }
      int at = 0;
      while (at < change.bytes.length) {
        int n = (int) Math.min(change.bytes.length - at, SECTOR - (change.position + at) % SECTOR);
        if (random.nextBoolean()) {
          byte[] sector = Arrays.copyOfRange(change.bytes, at, at + n);
          bytes = Content.applied(bytes, new Change(change.position + at, sector));
        }
        at += n;
      }
    }
    return bytes;
  }

  private void count() throws Cut {
    if (calls == lastCall) {
      throw new Cut();
    }
    calls++;
  }

  private final class Location implements FileLocation {
    private final String name;

    Location(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public FileLocation sibling(String other) {
      return new Location(other);
    }

    @Override
    public boolean exists() {
      synchronized (SimulatedFiles.this) {
        return files.containsKey(name);
      }
    }

    @Override
    public Object key() throws IOException {
      if (!exists()) {
        throw new NoSuchFileException(name);
      }
      return name;
    }

    @Override
    public OpenFile open(boolean writable) throws IOException {
      key();
      return new Open(this);
    }

    @Override
    public OpenFile create() throws IOException {
      synchronized (SimulatedFiles.this) {
        count();
        if (exists()) {
          throw new FileAlreadyExistsException(name);
        }
        files.put(name, new Content());
      }
      return new Open(this);
    }

    @Override
    public void delete() {
      synchronized (SimulatedFiles.this) {
        files.remove(name);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private final class Open implements OpenFile {
    private final Location location;
    private final Content content;

    Open(Location location) {
      this.location = location;
      this.content = files.get(location.name);
    }

    @Override
    public FileLocation location() {
      return location;
    }

    @Override
    public long size() {
      synchronized (SimulatedFiles.this) {
        return content.bytes.length;
      }
    }

    @Override
    public void read(ByteBuffer dst, int n, long position) throws IOException {
      synchronized (SimulatedFiles.this) {
        if (position + n > content.bytes.length) {
          throw new IOException(location + ": ends before byte " + (position + n));
        }
        dst.put(content.bytes, (int) position, n);
      }
    }

    @Override
    public void write(ByteBuffer src, int n, long position) throws IOException {
      checkRoom(position + n);
      byte[] bytes = new byte[n];
      src.get(bytes);
      synchronized (SimulatedFiles.this) {
        count();
        content.apply(new Change(position, bytes));
      }
    }

    private void checkRoom(long end) throws IOException {
      if (end > MAX_SIZE) {
        throw new IOException(location + ": No space left on device");
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      checkRoom(size);
      synchronized (SimulatedFiles.this) {
        count();
        content.apply(new Change(size, null));
      }
    }

    @Override
    public void force(boolean metadata) throws IOException {
      synchronized (SimulatedFiles.this) {
        count();
        for (Change change : content.changes) {
          content.durable = Content.applied(content.durable, change);
        }
        content.changes.clear();
      }
    }

    @Override
    public void close() {}
  }
}
