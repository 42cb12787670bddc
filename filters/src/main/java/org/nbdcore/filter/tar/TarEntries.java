package org.nbdcore.filter.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Session;
import org.nbdcore.spi.helpers.Alignment;
import org.nbdcore.spi.helpers.UnalignedReader;

/**
 * Iterates over the members of a tar file: of the oldest format, ustar and pax of POSIX, and GNU's
 * format. Reads only headers.
 */
final class TarEntries {

  private static final int RECORD = 512;
  private static final int LONGEST_EXTRA = 1 << 20;
  private static final String PATH = "path";
  private static final String SIZE = "size";
  private static final String SPARSE = "GNU.sparse.";
  private static final String SPARSE_NAME = SPARSE + "name";

  private final Session session;
  private final UnalignedReader file;
  private final long end;
  private final Map<String, String> global = new HashMap<>();
  private long at;

  /**
   * Starts before the first member.
   *
   * @param session client that waits for the result
   */
  TarEntries(BlockDevice device, Session session) throws IOException {
    this.session = session;
    file = new UnalignedReader(device);
    end = device.size();
  }

  /** The next member, or null at the end. */
  TarEntry next() throws IOException {
    Map<String, String> extra = new HashMap<>(global);
    while (at <= end - RECORD) {
      session.requireConnected();
      TarHeader header = new TarHeader(file.read(at, RECORD));
      if (header.isEnd()) {
        return null;
      }
      if (!header.isValid()) {
        throw broken("there is no tar header at " + at);
      }
      long contents = at + RECORD;
      long size = header.size();
      switch (header.type()) {
        case 'L' -> extra.put(PATH, TarHeader.text(extra(contents, size)));
        case 'x' -> records(extra(contents, size), extra);
        case 'g' -> records(extra(contents, size), global);
        case 'K', 'V' -> {} // a long link target, or a label
        default -> {
          return entry(header, contents, extra);
        }
      }
      skip(contents, size);
      if (header.type() == 'g') {
        extra.putAll(global);
      }
    }
    return null;
  }

  /** The number of stored records that apply to all members. */
  int kept() {
    return global.size();
  }

  private TarEntry entry(TarHeader header, long contents, Map<String, String> extra)
      throws IOException {
    long size = header.size();
    if (extra.containsKey(SIZE)) {
      size = number(extra.get(SIZE));
    }
    boolean sparse =
        header.type() == 'S' || extra.containsKey(SPARSE) || extra.containsKey(SPARSE_NAME);
    skip(contents, header.hasContents() ? size : 0);
    String name = extra.getOrDefault(SPARSE_NAME, extra.getOrDefault(PATH, header.name()));
    return new TarEntry(name, header.type(), sparse, contents, size);
  }

  private void skip(long contents, long size) throws NbdException {
    if (size < 0 || size > Long.MAX_VALUE - contents - RECORD) {
      throw broken("the member at " + at + " has an impossible size");
    }
    at = Alignment.roundUp(contents + size, RECORD);
  }

  private ByteBuffer extra(long contents, long size) throws IOException {
    if (size < 0 || size > LONGEST_EXTRA || size > end - contents) {
      throw broken("the header at " + at + " is followed by " + size + " bytes about a member");
    }
    return file.read(contents, (int) size);
  }

  /** Parses records of the form {@code LENGTH KEY=VALUE\\n}. */
  private void records(ByteBuffer from, Map<String, String> into) throws IOException {
    while (from.hasRemaining()) {
      int start = from.position();
      int length = 0;
      for (byte digit = from.get(); digit != ' '; digit = from.hasRemaining() ? from.get() : -1) {
        if (digit < '0' || digit > '9' || length > LONGEST_EXTRA) {
          throw broken("the extended header before " + at + " is invalid");
        }
        length = length * 10 + digit - '0';
      }
      int rest = start + length - from.position();
      if (rest < 2 || rest > from.remaining()) {
        throw broken("the extended header before " + at + " has a record of a wrong length");
      }
      byte[] bytes = new byte[rest];
      from.get(bytes);
      String record = new String(bytes, 0, rest - 1, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        keep(record.substring(0, equals), record.substring(equals + 1), into);
      }
    }
  }

  /** Stores only the records that are needed later, because there may be any number of them. */
  private static void keep(String key, String value, Map<String, String> into) {
    if (key.equals(PATH) || key.equals(SIZE) || key.equals(SPARSE_NAME)) {
      into.put(key, value);
    } else if (key.startsWith(SPARSE)) {
      into.put(SPARSE, "");
    }
  }

  private long number(String text) throws NbdException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw broken("the size of a member is '" + text + "'");
    }
  }

  private static NbdException broken(String what) {
    return new NbdException(NbdError.EINVAL, "not a valid tar file: " + what);
  }
}
