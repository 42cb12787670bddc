package org.nbdcore.vmdk;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A parsed descriptor.
 *
 * @param file where it stood
 * @param attributes header and disk database; keys compare without regard to case
 * @param extents in the order of the disk
 */
record Descriptor(FileLocation file, Map<String, String> attributes, List<ExtentLine> extents) {
  /** The CID that stands for "no parent". */
  static final long NO_PARENT = 0xffffffffL;

  /**
   * What VMware has encrypted reads as nonsense.
   *
   * @throws VmdkException if the keys that ESXi, Workstation or Fusion write for that are there
   */
  void refuseEncrypted() throws VmdkException {
    for (String key : List.of("keyID", "encryptionKeys", "encryption.keySafe", "encryption.data")) {
      if (attributes.containsKey(key)) {
        throw encrypted(key);
      }
    }
    if (attribute("ddb.iofilters").toLowerCase(Locale.ROOT).contains("vmwarevmcrypt")) {
      throw encrypted("ddb.iofilters=vmwarevmcrypt");
    }
  }

  private VmdkException encrypted(String how) {
    return new VmdkException(
        file
            + ": is an encrypted disk ("
            + how
            + "), which cannot be read; decrypt the virtual machine in VMware's product first");
  }

  String attribute(String key) {
    return attributes.getOrDefault(key, "");
  }

  long contentId() throws VmdkException {
    return contentId("CID", NO_PARENT);
  }

  long parentContentId() throws VmdkException {
    return contentId("parentCID", NO_PARENT);
  }

  private long contentId(String key, long absent) throws VmdkException {
    String value = attributes.get(key);
    if (value == null) {
      return absent;
    }
    try {
      return Integer.toUnsignedLong(Integer.parseUnsignedInt(value, 16));
    } catch (NumberFormatException e) {
      throw VmdkException.bad(file, key, "'" + value + "'", "up to eight hexadecimal digits");
    }
  }
}
