package org.nbdcore.vmdk;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A parsed descriptor.
 *
 * @param file the file that contains it
 * @param attributes header and disk database; keys are case-insensitive
 * @param extents in the order of the disk
 */
record Descriptor(FileLocation file, Map<String, String> attributes, List<ExtentLine> extents) {
  /** The CID that stands for "no parent". */
  static final long NO_PARENT = 0xffffffffL;

  /**
   * Detects an encrypted disk, whose data would read as random bytes.
   *
   * @throws VmdkException if the descriptor has the keys that ESXi, Workstation or Fusion write for
   *     encryption
   */
  void refuseEncrypted() throws VmdkException {
    for (Map.Entry<String, String> each : attributes.entrySet()) {
      String key = each.getKey().toLowerCase(Locale.ROOT);
      String value = each.getValue().toLowerCase(Locale.ROOT);
      if (key.equals("keyid") || key.startsWith("encryption") || key.startsWith("ddb.encryption")) {
        throw encrypted(VmdkException.shortened(each.getKey()));
      }
      if (value.contains("vmwarevmcrypt")) {
        throw encrypted(VmdkException.shortened(each.getKey()) + "=vmwarevmcrypt");
      }
      if (value.startsWith("vmware:key")) {
        throw encrypted("a key in " + VmdkException.shortened(each.getKey()));
      }
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
