package org.nbdcore.testkit.vsphere;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.nbdcore.testkit.vsphere.FakeNfcHost.Violation;

/**
 * The disk protocol of a fake host: the classic messages, then the messages of asynchronous I/O.
 */
final class FakeNfcSession {

  private static final int CLASSIC = 264;
  private static final int MAGIC = 0xA100DA7A;
  private static final int SMALLEST_CHUNK = 1 << 16;

  private final InputStream in;
  private final FakeNfcHost host;
  private final NfcFaults faults;
  private final boolean writable;
  private final FakeNfcReplies replies;
  private final ScheduledThreadPoolExecutor later;

  private int expectedId;
  private int bufferSize;
  private int reportedBuffer;
  private FakeDisk disk;
  private String path;
  private boolean openForWriting;
  private long handle;
  private FakeNfcWrite write;

  private FakeNfcSession(InputStream in, OutputStream out, FakeNfcHost host, boolean writable) {
    this.in = in;
    this.host = host;
    this.faults = host.faults();
    this.writable = writable;
    this.replies = new FakeNfcReplies(out, faults);
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "fake-nfc-latency");
          thread.setDaemon(true);
          return thread;
        };
    later = new ScheduledThreadPoolExecutor(1, daemons);
  }

  static void serve(InputStream in, OutputStream out, FakeNfcHost host, boolean writable)
      throws IOException {
    FakeNfcSession session = new FakeNfcSession(in, out, host, writable);
    try {
      if (session.classic()) {
        session.aio();
      }
    } finally {
      session.later.shutdownNow();
      if (session.disk != null) {
        host.event("left open " + session.path);
      }
    }
  }

  private boolean classic() throws IOException {
    if (!faults.oldHost) {
      ByteBuffer hello = expectClassic(43);
      rule(text(hello, 4, 9).equals("PlainText"), "handshake: no PlainText");
    }
    expectClassic(33);
    if (faults.outOfMemory) {
      byte[] text =
          "Failed to allocate the requested 24117272 bytes\0".getBytes(StandardCharsets.US_ASCII);
      replies.raw(classic(20, 5, 0, text.length), ByteBuffer.wrap(text));
      return false;
    }
    replies.raw(classic(36, 0, 0, 0, 1));
    rule(expectClassic(51).getInt(4) >= 3, "handshake: version");
    replies.raw(classic(51, 11));
    ByteBuffer who = expectClassic(54);
    ByteBuffer words = read(who.getInt(4) + who.getInt(8));
    rule(text(words, 0, words.limit()).equals("vddknbdmode"), "handshake: who is calling");
    rule(expectClassic(55).getInt(4) == 3, "handshake: features");
    expectClassic(52);
    replies.raw(classic(52));
    return true;
  }

  private void aio() throws IOException {
    while (true) {
      ByteBuffer first = read(Integer.BYTES);
      if (first.getInt(0) == 4 && bufferSize < 0) {
        read(CLASSIC - Integer.BYTES);
        host.event("session complete");
        return;
      }
      ByteBuffer header = read(12);
      rule(first.getInt(0) == MAGIC, "aio: magic " + Integer.toHexString(first.getInt(0)));
      message(header.getInt(0), header.getInt(4), header.getInt(8));
    }
  }

  private void message(int type, int size, int id) throws IOException {
    boolean continues = type == 7 && write != null && write.id() == id;
    rule(continues || id == expectedId, "aio: request " + id + ", expected " + expectedId);
    rule(write == null || continues, "aio: a message between the parts of a write");
    if (!continues) {
      expectedId++;
    }
    int expected = size(type);
    rule(expected == size, "aio: type " + type + " with a payload of " + size);
    ByteBuffer payload = read(size);
    rule(bufferSize > 0 || type == 2, "aio: type " + type + " before a session");
    switch (type) {
      case 2 -> openSession(id, payload);
      case 3 -> {
        rule(disk == null, "aio: the session is closed before the file");
        bufferSize = -1;
        replies.send(type, id, ByteBuffer.allocate(size), null);
      }
      case 4 -> openFile(id, payload);
      case 5 -> closeFile(id, payload);
      case 7 -> io(id, payload);
      case 9 -> replies.send(type, id, words(1_675_000, 1_675_000, 1), null);
      case 11 -> metadata(id, payload);
      case 13 -> allocated(id, payload);
      default -> replies.send(type, id, ByteBuffer.allocate(size), null);
    }
  }

  private static int size(int type) {
    return switch (type) {
      case 2, 11 -> 16;
      case 3, 22 -> 4;
      case 4 -> 60;
      case 5 -> 8;
      case 7 -> 44;
      case 9 -> 12;
      case 13 -> 48;
      default -> -1;
    };
  }

  private void openSession(int id, ByteBuffer payload) throws IOException {
    int size = payload.getInt(4);
    reportedBuffer = size == 0 ? 1 << 16 : size;
    if (reportedBuffer > faults.largestBuffer) {
      replies.error(id, 3);
      return;
    }
    bufferSize = reportedBuffer;
    replies.send(2, id, ByteBuffer.allocate(16), null);
  }

  private void openFile(int id, ByteBuffer payload) throws IOException {
    ByteBuffer name = read(payload.getInt(0));
    path = StandardCharsets.UTF_8.decode(name).toString();
    rule(disk == null, "aio: a second file");
    rule(payload.getInt(16) == 2, "open: type " + payload.getInt(16));
    int flags = payload.getInt(20);
    rule(flags == 0x1e || flags == 0x1a, "open: flags " + flags);
    openForWriting = flags == 0x1a;
    FakeDisk found = host.disk(path);
    if (faults.failOpenWith != 0) {
      replies.error(id, faults.failOpenWith);
    } else if (found == null) {
      replies.error(id, 4);
    } else if (found.running()) {
      replies.error(id, 1);
    } else if (openForWriting && !writable) {
      replies.error(id, 11);
    } else {
      disk = found;
      handle += 0x1234;
      host.event("open " + path);
      ByteBuffer reply = ByteBuffer.allocate(60).order(ByteOrder.LITTLE_ENDIAN);
      reply
          .putLong(8, handle)
          .putInt(16, 2)
          .putInt(20, flags)
          .putLong(28, faults.size < 0 ? disk.size() : faults.size)
          .putInt(36, 512);
      reply.putInt(40, 2088).putInt(44, 255).putInt(48, 63);
      replies.send(4, id, reply, null);
    }
  }

  private void closeFile(int id, ByteBuffer payload) throws IOException {
    checkHandle(payload);
    disk = null;
    host.event("close " + path);
    replies.send(5, id, ByteBuffer.allocate(8), null);
  }

  private void io(int id, ByteBuffer payload) throws IOException {
    checkHandle(payload);
    int operation = payload.getInt(8);
    int compression = payload.getInt(12);
    long offset = payload.getLong(16);
    int total = payload.getInt(24);
    rule(compression >= 0 && compression <= 3, "io: compression " + compression);
    rule(
        offset % 512 == 0 && total % 512 == 0 && total > 0 && total <= 2 << 20,
        "io: " + total + " bytes at " + offset);
    rule(offset >= 0 && offset <= disk.size() - total, "io: beyond the end");
    rule(payload.getInt(40) == 0, "io: last word");
    if (operation == 1) {
      rule(
          payload.getInt(28) == 0 && payload.getInt(32) == total && payload.getInt(36) == total,
          "read: lengths");
      read(id, compression, offset, total);
    } else {
      rule(operation == 0 && compression == 0, "write: words");
      write(id, offset, total, payload);
    }
  }

  private void read(int id, int compression, long offset, int total) throws IOException {
    if (faults.silent) {
      return;
    }
    FakeDisk from = disk;
    int buffer = bufferSize;
    later(
        () -> {
          if (faults.failReadsWith != 0) {
            replies.error(id, faults.failReadsWith);
          } else {
            replies.read(id, from, compression, offset, total, buffer);
          }
        });
  }

  private void write(int id, long offset, int total, ByteBuffer payload) throws IOException {
    rule(openForWriting, "write: the file is open for reading");
    int start = payload.getInt(28);
    int length = payload.getInt(32);
    rule(
        length == payload.getInt(36) && length > 0 && length <= bufferSize,
        "write: a part of " + length);
    if (write == null) {
      write = new FakeNfcWrite(id, offset, total);
    }
    rule(write.follows(offset, total, start, length), "write: parts do not follow each other");
    disk.write(read(length), offset + start);
    if (write.complete()) {
      write = null;
      later(() -> replies.written(id, offset, total));
    }
  }

  private void metadata(int id, ByteBuffer payload) throws IOException {
    checkHandle(payload);
    rule(payload.getInt(12) == 0, "metadata: last word");
    ByteBuffer name = read(payload.getInt(8));
    String key = StandardCharsets.US_ASCII.decode(name).toString();
    String value =
        switch (key) {
          case "adapterType" -> disk.adapter();
          case "geometry.biosCylinders" -> "2088";
          default -> "";
        };
    replies.send(
        11,
        id,
        words(0, 0, 0, value.length()),
        ByteBuffer.wrap(value.getBytes(StandardCharsets.US_ASCII)));
  }

  private void allocated(int id, ByteBuffer payload) throws IOException {
    checkHandle(payload);
    long chunk = payload.getLong(16);
    long start = payload.getLong(24);
    long count = payload.getLong(32);
    rule(payload.getLong(8) == 0 && payload.getLong(40) == 0, "query: words");
    if (chunk < SMALLEST_CHUNK
        || start % chunk != 0
        || count > 1 << 19
        || start + chunk * count > disk.size()) {
      replies.error(id, 3);
      return;
    }
    byte[] bitmap = new byte[(int) (count + 31) / 32 * 4];
    for (int i = 0; i < bitmap.length * 8; i++) {
      // random bits after the last chunk, as from a real host
      if (i >= count || disk.allocated(start + i * chunk, (int) chunk)) {
        bitmap[i / 8] |= (byte) (1 << i % 8);
      }
    }
    ByteBuffer reply = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    replies.send(13, id, reply.putLong(32, count), ByteBuffer.wrap(bitmap));
  }

  private interface Task {
    void run() throws IOException;
  }

  private void later(Task task) throws IOException {
    if (faults.latencyMicros == 0) {
      task.run();
      return;
    }
    later.schedule(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            host.event("reply not sent: " + e.getMessage());
          }
        },
        faults.latencyMicros,
        TimeUnit.MICROSECONDS);
  }

  private void checkHandle(ByteBuffer payload) throws Violation {
    rule(
        disk != null && payload.getLong(0) == handle,
        "aio: handle " + Long.toHexString(payload.getLong(0)));
  }

  private ByteBuffer expectClassic(int type) throws IOException {
    ByteBuffer frame = read(CLASSIC);
    rule(frame.getInt(0) == type, "handshake: message " + frame.getInt(0) + ", expected " + type);
    return frame;
  }

  private static ByteBuffer classic(int type, int... words) {
    ByteBuffer frame = ByteBuffer.allocate(CLASSIC).order(ByteOrder.LITTLE_ENDIAN).putInt(type);
    for (int word : words) {
      frame.putInt(word);
    }
    return frame.clear();
  }

  static ByteBuffer words(int... words) {
    ByteBuffer buffer =
        ByteBuffer.allocate(words.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      buffer.putInt(word);
    }
    return buffer.flip();
  }

  private ByteBuffer read(int length) throws IOException {
    rule(length >= 0 && length <= 2 << 20, "a length of " + length);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the client closed the connection");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String text(ByteBuffer buffer, int start, int length) {
    return new String(buffer.array(), start, length, StandardCharsets.US_ASCII);
  }

  private static void rule(boolean kept, String words) throws Violation {
    if (!kept) {
      throw new Violation(words);
    }
  }
}
