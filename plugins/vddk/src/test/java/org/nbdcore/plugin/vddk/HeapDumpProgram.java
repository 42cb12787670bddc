package org.nbdcore.plugin.vddk;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.DiskContents;

/**
 * A JVM that logs in, reads from the disk and dumps its heap, garbage included. It must not load a
 * class that contains the password.
 */
final class HeapDumpProgram {

  private HeapDumpProgram() {}

  /** Takes the file of the dump, then the words of the plugin. */
  public static void main(String[] words) throws Exception {
    String[] parameters = Arrays.copyOfRange(words, 1, words.length);
    try (Plugin plugin = VddkSession.plugin(parameters)) {
      plugin.start(StartContext.NONE);
      try (BlockDevice disk = plugin.open(OpenRequest.detached("", true))) {
        DiskContents.read(disk, 0, 512);
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpHeap(words[0], false);
      }
    }
  }
}
