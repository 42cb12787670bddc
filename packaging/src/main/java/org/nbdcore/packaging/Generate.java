package org.nbdcore.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the manual pages and the completion of all shells. */
public final class Generate {

  private static final String SERVER_PAGE = "command-line";

  private final Path docs;
  private final ManualPages pages;

  private Generate(Path docs, ManualPages pages) {
    this.docs = docs;
    this.pages = pages;
  }

  /**
   * Writes all files.
   *
   * @param arguments the folder of the documentation, the folder to write to (as {@code
   *     /usr/share}), the version, and the date of the release
   */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[1]);
    Map<String, String> files =
        files(
            Path.of(arguments[0]), arguments[2], arguments[3].substring(0, "2026-01-01".length()));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = target.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** All files, by their path below {@code /usr/share}. */
  static Map<String, String> files(Path docs, String version, String date) throws IOException {
    Generate generate = new Generate(docs, new ManualPages(version, date));
    Map<String, String> files = new LinkedHashMap<>();
    generate.manual(files);
    for (Completion shell :
        List.of(new BashCompletion(), new ZshCompletion(), new FishCompletion())) {
      DocumentedCommand server = DocumentedCommands.server();
      files.put(
          shell.path(server),
          shell.server(server, DocumentedLayer.plugins(), DocumentedLayer.filters()));
      for (DocumentedCommand tool : DocumentedCommands.tools()) {
        files.put(shell.path(tool), shell.tool(tool));
      }
    }
    return files;
  }

  private void manual(Map<String, String> files) throws IOException {
    List<String> names = new ArrayList<>();
    DocumentedCommands.tools().forEach(tool -> names.add(tool.name()));
    List<String> all = new ArrayList<>(names);
    DocumentedLayer.plugins().forEach(layer -> all.add(layer.page()));
    DocumentedLayer.filters().forEach(layer -> all.add(layer.page()));
    put(files, "nbd-core", pages.of(DocumentedCommands.server(), page(SERVER_PAGE), all));
    for (DocumentedCommand tool : DocumentedCommands.tools()) {
      List<String> others = new ArrayList<>(names);
      others.set(others.indexOf(tool.name()), "nbd-core");
      put(files, tool.name(), pages.of(tool, page(tool.name()), others));
    }
    for (DocumentedLayer layer : DocumentedLayer.plugins()) {
      put(files, layer.page(), pages.of(layer, page(layer.name()), List.of("nbd-core")));
    }
    for (DocumentedLayer layer : DocumentedLayer.filters()) {
      String page = page("filters/" + layer.name());
      put(files, layer.page(), pages.of(layer, page, List.of("nbd-core")));
    }
  }

  private static void put(Map<String, String> files, String name, String page) {
    files.put("man/man1/" + name + ".1", page);
  }

  private String page(String name) throws IOException {
    return Files.readString(docs.resolve(name + ".md"));
  }
}
