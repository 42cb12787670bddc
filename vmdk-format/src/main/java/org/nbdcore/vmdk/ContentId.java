package org.nbdcore.vmdk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CID in a descriptor. It changes at the first write to the disk, so that children detect the
 * change. This class overwrites the CID in place and changes no other byte of the text.
 *
 * @param file holds the descriptor, open for writing
 * @param start where the descriptor begins in the file, in bytes
 * @param room size in bytes of an embedded descriptor, including padding
 * @param embedded whether the rest of the file is an extent
 */
record ContentId(OpenFile file, long start, int room, boolean embedded) {
  private static final int NO_PARENT = -1;
  private static final int UNTOUCHED =
      -2; // fffffffe: VMware's CID of a disk that was never written

  private static final Pattern CID =
      Pattern.compile("(?im)^[ \\t]*CID[ \\t]*=[ \\t]*([0-9a-f]{1,8})\\b");
  private static final Pattern LONG_CID =
      Pattern.compile("(?im)^[ \\t]*ddb\\.longContentID[ \\t]*=[ \\t]*\"([0-9a-f]{32})\"");

  /** Returns a random CID without a special meaning. */
  static String random() {
    int id = ThreadLocalRandom.current().nextInt();
    return String.format(Locale.ROOT, "%08x", id == NO_PARENT || id == UNTOUCHED ? 1 : id);
  }

  /** A long content ID. VMware's ends with the CID. */
  static String longId(String cid) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(
            Locale.ROOT, "%08x%08x%08x", random.nextInt(), random.nextInt(), random.nextInt())
        + cid;
  }

  /**
   * Writes a new CID and returns when it is durable.
   *
   * @return the new CID
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

  /** Appends a new line at the end, because the first line identifies the text as a descriptor. */
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
    return new String(
        bytes, 0, end, StandardCharsets.ISO_8859_1); // ISO 8859-1: one byte for each character
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
          bytes.length + " with the new CID");
    }
    file.write(ByteBuffer.wrap(bytes), bytes.length, start);
    if (bytes.length < (embedded ? room : file.size())) {
      file.write(ByteBuffer.allocate(1), 1, start + bytes.length); // the rest is not text
    }
  }
}
