package org.nbdcore.filter.luks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.NbdException;

/** Parses the JSON metadata of a LUKS container of version 2. */
final class Luks2Metadata {

  private static final int LONGEST_KEY = 512;
  private static final int LONGEST_STRIPES = 16 << 20; // bytes
  private static final long MAX_ITERATIONS = 100_000_000;

  private final JsonObject root;
  private final long size;

  /**
   * Creates a parser.
   *
   * @param size of the container, in bytes
   */
  Luks2Metadata(JsonObject root, long size) {
    this.root = root;
    this.size = size;
  }

  LuksMetadata parse() throws NbdException {
    requirements();
    Map<String, JsonObject> segments = root.object("segments").objects();
    if (segments.size() != 1
        || !segments.values().iterator().next().string("type").equals("crypt")) {
      throw LuksHeader.refused(
          "the LUKS container must have one encrypted segment, not "
              + segments.size()
              + ": a reencryption may be unfinished; complete it with cryptsetup reencrypt");
    }
    Map.Entry<String, JsonObject> only = segments.entrySet().iterator().next();
    Segment segment = segment(only.getValue());
    Map<String, KeyDigest> digests = digests(only.getKey());
    List<LuksMetadata.Slot> slots = new ArrayList<>();
    int keyLength = 0;
    for (Map.Entry<String, JsonObject> slot : root.object("keyslots").objects().entrySet()) {
      KeyDigest digest = digests.get(slot.getKey());
      if (digest != null && isUsed(slot.getValue())) {
        KeyArea area = area(slot.getValue());
        keyLength = area.keyLength();
        slots.add(new LuksMetadata.Slot(area, digest));
      }
    }
    return new LuksMetadata(segment, keyLength, List.copyOf(slots));
  }

  /** Checks that this filter meets the requirements that the container lists. */
  private void requirements() throws NbdException {
    JsonObject config = root.object("config");
    if (config.has("requirements") && config.object("requirements").has("mandatory")) {
      List<String> mandatory = config.object("requirements").strings("mandatory");
      if (!mandatory.isEmpty()) {
        throw LuksHeader.refused(
            "the LUKS container requires " + mandatory + ", which is not supported");
      }
    }
  }

  private Segment segment(JsonObject segment) throws NbdException {
    if (segment.has("integrity")) {
      throw LuksHeader.refused("LUKS containers with integrity protection are not supported");
    }
    long offset = segment.longString("offset");
    long length =
        segment.string("size").equals("dynamic") ? Long.MAX_VALUE : segment.longString("size");
    long sector = segment.number("sector_size", SectorCipher.LARGEST_SECTOR);
    boolean possible = sector >= LuksHeader.SECTOR && Long.bitCount(sector) == 1;
    LuksHeader.checkIs(possible, "its sectors have " + sector + " bytes");
    LuksHeader.checkIs(offset > 0 && offset <= size, "the disk at " + offset + " is not in it");
    String[] cipher = cipher(segment.string("encryption"));
    return new Segment(
        cipher[0], cipher[1], (int) sector, offset, length, segment.longString("iv_tweak"));
  }

  /** Splits {@code aes-xts-plain64}. */
  private static String[] cipher(String encryption) throws NbdException {
    int dash = encryption.indexOf('-');
    if (dash < 0) {
      throw LuksHeader.refused(
          "the cipher of the LUKS container must be aes, serpent, twofish or cast5 with a mode,"
              + " not '"
              + encryption
              + "'");
    }
    return new String[] {encryption.substring(0, dash), encryption.substring(dash + 1)};
  }

  /** The digests of the segment, by key slot. */
  private Map<String, KeyDigest> digests(String segment) throws NbdException {
    Map<String, KeyDigest> digests = new HashMap<>();
    for (JsonObject digest : root.object("digests").objects().values()) {
      if (digest.strings("segments").contains(segment)) {
        if (!digest.string("type").equals("pbkdf2")) {
          throw LuksHeader.refused(
              "the digest of the LUKS container must be pbkdf2, not '"
                  + digest.string("type")
                  + "'");
        }
        byte[] value = digest.bytes("digest");
        LuksHeader.checkIs(value.length > 0, "its digest is empty");
        KeyDigest known = new KeyDigest(pbkdf2(digest), value);
        digest.strings("keyslots").forEach(slot -> digests.put(slot, known));
      }
    }
    return digests;
  }

  /** Slots without a passphrase, and those to be ignored, are not tried. */
  private static boolean isUsed(JsonObject slot) throws NbdException {
    return slot.string("type").equals("luks2")
        && !(slot.has("priority") && slot.number("priority", 2) == 0);
  }

  private KeyArea area(JsonObject slot) throws NbdException {
    JsonObject spread = slot.object("af");
    JsonObject area = slot.object("area");
    long keyLength = slot.number("key_size", LONGEST_KEY);
    long stripes = spread.number("stripes", LONGEST_STRIPES);
    long length = stripes * keyLength;
    LuksHeader.checkIs(length > 0 && length <= LONGEST_STRIPES, slot.path() + " has no key");
    long offset = area.longString("offset");
    LuksHeader.checkIs(offset <= size - LuksHeader.sectors(length), slot.path() + " is not in it");
    String[] cipher = cipher(area.string("encryption"));
    return new KeyArea(
        kdf(slot.object("kdf")),
        cipher[0],
        cipher[1],
        (int) area.number("key_size", LONGEST_KEY),
        offset,
        stripes,
        spread.string("hash"),
        (int) keyLength);
  }

  private static Kdf kdf(JsonObject kdf) throws NbdException {
    String type = kdf.string("type");
    return switch (type) {
      case "pbkdf2" -> pbkdf2(kdf);
      case "argon2i", "argon2id" ->
          Argon2.of(
              type,
              kdf.bytes("salt"),
              kdf.number("time", Integer.MAX_VALUE),
              kdf.number("memory", Integer.MAX_VALUE),
              kdf.number("cpus", Integer.MAX_VALUE));
      default ->
          throw LuksHeader.refused(
              "the key derivation of the LUKS container must be argon2id, argon2i or pbkdf2, not '"
                  + type
                  + "'");
    };
  }

  private static Kdf pbkdf2(JsonObject kdf) throws NbdException {
    long iterations = kdf.number("iterations", MAX_ITERATIONS);
    LuksHeader.checkIs(iterations > 0, kdf.path() + " has 0 iterations");
    return new Kdf.Pbkdf2(kdf.string("hash"), kdf.bytes("salt"), iterations);
  }
}
