package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The Java code of a page in {@code docs/}, compiled all together. {@link PageBlock} says how a
 * page marks its blocks.
 *
 * <pre>{@code
 * try (PageCode page = PageCode.of("client.md")) {
 *   page.run("read", uri);             // <!-- example: read(NbdUri uri) -->
 *   Object provider = page.create("MyProvider");
 *   page.assertThatAllBlocksWereUsed();
 * }
 * }</pre>
 */
final class PageCode implements AutoCloseable {

  private static final Path DOCS = Path.of("..", "docs");

  private final List<PageBlock> blocks;
  private final Set<String> unused = new LinkedHashSet<>();
  private final Path folder;
  private final URLClassLoader classes;

  private PageCode(List<PageBlock> blocks, Path folder) throws MalformedURLException {
    this.blocks = blocks;
    this.folder = folder;
    blocks.forEach(block -> unused.add(block.name()));
    classes =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, PageCode.class.getClassLoader());
  }

  /** Compiles the code of a page; fails with the compiler's messages. */
  static PageCode of(String page) throws IOException {
    List<PageBlock> blocks = PageBlock.of(Files.readString(DOCS.resolve(page)));
    assertThat(blocks).as("Java code in docs/%s", page).isNotEmpty();
    Path folder = Files.createTempDirectory("page");
    List<Path> sources = new ArrayList<>();
    for (PageBlock block : blocks) {
      Path source = folder.resolve(block.className() + ".java");
      assertThat(source).as("two blocks of docs/%s are named %s", page, block).doesNotExist();
      sources.add(Files.writeString(source, block.source()));
    }
    compile(page, sources, folder);
    return new PageCode(blocks, folder);
  }

  private static void compile(String page, List<Path> sources, Path target) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              target.toString(),
              "-proc:none",
              "-Xlint:all,-processing,-serial,-classfile,"
                  + "-requires-automatic,-try,-path,-options",
              "-Werror");
      boolean compiled =
          compiler
              .getTask(
                  messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as("docs/%s compiles:%n%s", page, messages).isTrue();
    }
  }

  /** Runs a block of statements with values for its parameters; returns what it returns. */
  Object run(String name, Object... values) throws Exception {
    for (Method method : type(name).getDeclaredMethods()) {
      if (method.getName().equals(PageBlock.METHOD)) {
        try {
          return method.invoke(null, values);
        } catch (InvocationTargetException e) {
          if (e.getCause() instanceof Exception cause) {
            throw cause;
          }
          throw (Error) e.getCause();
        }
      }
    }
    throw new AssertionError(name + " is no block of statements");
  }

  /** An object of a class that the page shows, made by its constructor without parameters. */
  Object create(String name) throws ReflectiveOperationException {
    var constructor = type(name).getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /** A class that the page shows, or that holds a block. */
  Class<?> type(String name) throws ClassNotFoundException {
    PageBlock block =
        blocks.stream()
            .filter(one -> one.name().equals(name))
            .findAny()
            .orElseThrow(() -> new AssertionError("the page has no block " + name));
    unused.remove(name);
    return classes.loadClass(block.className());
  }

  /** Fails with the names of blocks that no test has run or created. */
  void assertThatAllBlocksWereUsed() {
    assertThat(unused).as("blocks that no test ran").isEmpty();
  }

  @Override
  public void close() throws IOException {
    classes.close();
    Set<Path> all;
    try (var files = Files.walk(folder)) {
      all = files.collect(Collectors.toCollection(LinkedHashSet::new));
    }
    Path[] deepestLast = all.toArray(Path[]::new);
    Arrays.sort(deepestLast);
    for (int i = deepestLast.length - 1; i >= 0; i--) {
      Files.delete(deepestLast[i]);
    }
  }
}
