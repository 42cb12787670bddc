package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CID in a descriptor, which changes when the disk is first written, so that its children
 * notice. It is overwritten in place, and the rest of the text stays byte for byte.
 *
 * @param file holds the descriptor, open for writing
 * @param start where the descriptor begins in the file, in bytes
 * @param room how many bytes an embedded one has, its padding included
 * @param embedded whether the rest of the file is an extent
 */
record ContentId(OpenFile file, long start, int room, boolean embedded) {
  private static final int NO_PARENT = -1;
  private static final int UNTOUCHED = -2; // fffffffe: VMware's number for a disk never written

  private static final Pattern CID =
      Pattern.compile("(?im)^[ \\t]*CID[ \\t]*=[ \\t]*([0-9a-f]{1,8})\\b");
  private static final Pattern LONG_CID =
      Pattern.compile("(?im)^[ \\t]*ddb\\.longContentID[ \\t]*=[ \\t]*\"([0-9a-f]{32})\"");

  /** A CID that stands for nothing else. */
  static String random() {
    int id = ThreadLocalRandom.current().nextInt();
    return String.format(Locale.ROOT, "%08x", id == NO_PARENT || id == UNTOUCHED ? 1 : id);
  }

  /** A long content ID: VMware's ends with the CID. */
  static String longId(String cid) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(
            Locale.ROOT, "%08x%08x%08x", random.nextInt(), random.nextInt(), random.nextInt())
        + cid;
  }

  /**
   * Puts a new number there and returns when it is on the disk.
   *
   * @return the number
   */
  String change() throws IOException {
    String text = text();
    String fresh = random();
    Matcher cid = CID.matcher(text);
    boolean found = cid.find();
    if (found && cid.end(1) - cid.start(1) == fresh.length()) {
      put(fresh, cid.start(1));
    } else {
      rewrite(withId(text, found ? cid : null, fresh));
      text = text();
    }
    Matcher longId = LONG_CID.matcher(text);
    if (longId.find()) {
      put(longId(fresh), longId.start(1));
    }
    file.force(true);
    return fresh;
  }

  /** A new line goes to the end: what comes first tells that the text is a descriptor. */
  private static String withId(String text, Matcher cid, String fresh) {
    if (cid != null) {
      return text.substring(0, cid.start(1)) + fresh + text.substring(cid.end(1));
    }
    return text + (text.endsWith("\n") ? "" : "\n") + "CID=" + fresh + "\n";
  }

  private String text() throws IOException {
    byte[] bytes = new byte[embedded ? room : (int) file.size()];
    file.read(ByteBuffer.wrap(bytes), bytes.length, start);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1); // one character a byte
  }

  private void put(String digits, int at) throws IOException {
    byte[] bytes = digits.getBytes(StandardCharsets.ISO_8859_1);
    file.write(ByteBuffer.wrap(bytes), bytes.length, start + at);
  }

  private void rewrite(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (embedded && bytes.length > room) {
      throw VmdkException.bad(
          file.location(),
          "the embedded descriptor's room",
          room + " bytes",
          bytes.length + ", with a whole CID");
    }
    file.write(ByteBuffer.wrap(bytes), bytes.length, start);
    if (bytes.length < (embedded ? room : file.size())) {
      file.write(ByteBuffer.allocate(1), 1, start + bytes.length); // what follows is no text
    }
  }
}
