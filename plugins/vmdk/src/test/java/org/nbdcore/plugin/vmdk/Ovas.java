package org.nbdcore.plugin.vmdk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Builds OVAs. */
final class Ovas {
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  Ovas() {
    files.put("vm.ovf", "<Envelope/>".getBytes(StandardCharsets.UTF_8));
  }

  Ovas with(String name, byte[] bytes) {
    files.put(name, bytes);
    return this;
  }

  byte[] build() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(each.getKey());
        entry.setSize(each.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(each.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
