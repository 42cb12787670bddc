package org.nbdcore.chain;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nbdcore.spi.FileNames;

/** Finds the folders of third-party jars. */
public final class PluginFolders {

  private PluginFolders() {}

  /**
   * Returns the folders to search, in order.
   *
   * @param distribution the folder where the program is installed; its subfolder {@code plugins/}
   *     comes first
   * @param searchPaths the values of {@code --plugin-path}, and last that of {@code
   *     NBD_CORE_PLUGIN_PATH}. Each value is a list of folders, separated like a class path
   */
  public static List<Path> of(Optional<Path> distribution, List<String> searchPaths) {
    List<Path> folders = new ArrayList<>();
    distribution
        .map(home -> home.resolve("plugins"))
        .filter(Files::isDirectory)
        .ifPresent(folders::add);
    for (String searchPath : searchPaths) {
      for (String folder : searchPath.split(File.pathSeparator, -1)) {
        if (!folder.isEmpty()) {
          folders.add(FileNames.absolute(folder));
        }
      }
    }
    return folders;
  }

  /** The jars of all folders, ordered by folder and then by name. */
  static List<Path> jars(List<Path> folders, Consumer<String> problems) {
    List<Path> all = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        problems.accept(
            folder + ": there is no such folder (--plugin-path or NBD_CORE_PLUGIN_PATH)");
        continue;
      }
      List<Path> jars = new ArrayList<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
        files.forEach(jars::add);
      } catch (IOException e) {
        problems.accept(folder + ": it cannot be read: " + e.getMessage());
      }
      Collections.sort(jars);
      all.addAll(jars);
    }
    return all;
  }
}
