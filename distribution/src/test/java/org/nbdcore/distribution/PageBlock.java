package org.nbdcore.distribution;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of Java code in a page. A comment in front of it, which a reader of the page does not
 * see, says what the block needs around it:
 *
 * <ul>
 *   <li>{@code <!-- example: read(NbdUri uri) -->}: statements, made into a method with these
 *       parameters and named {@code read}. {@code <!-- example: Chain build(Path file) -->} returns
 *       a value.
 *   <li>{@code <!-- example: final class Minimal implements BlockDevice -->}: members of a class,
 *       which is declared so.
 *   <li>without a comment: a whole class, named as it is declared.
 * </ul>
 *
 * <p>Lines of the block that begin with {@code import} go to the top. The most used packages are
 * imported anyway, and {@code <!-- imports: org.example.A, org.example.B -->} anywhere in the page
 * adds to them.
 *
 * @param name the name of the method or class
 * @param source a whole source file
 */
record PageBlock(String name, String className, String source) {

  /** The method that holds a block of statements. */
  static final String METHOD = "run";

  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^ *<!-- example: ([^\\n]*?) -->\\s*)?^( *)```java\\n(.*?)^ *```$",
          Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern IMPORTS = Pattern.compile("<!-- imports: ([^>]*?) -->");
  private static final Pattern STATEMENTS =
      Pattern.compile("(?:(\\w[\\w<>, ]*) )?(\\w+)(\\(.*\\))", Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) (\\w+)");

  private static final List<String> PACKAGES =
      List.of(
          "java.io",
          "java.net",
          "java.nio",
          "java.nio.channels",
          "java.nio.file",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "org.nbdcore.chain",
          "org.nbdcore.client",
          "org.nbdcore.protocol",
          "org.nbdcore.server",
          "org.nbdcore.server.tls",
          "org.nbdcore.spi",
          "org.nbdcore.spi.helpers");

  /** The blocks of a page, in order. */
  static List<PageBlock> of(String page) {
    StringBuilder common = new StringBuilder();
    PACKAGES.forEach(name -> common.append("import ").append(name).append(".*;\n"));
    Matcher imports = IMPORTS.matcher(page);
    while (imports.find()) {
      for (String name : imports.group(1).trim().split("\\s*,\\s*")) {
        common.append("import ").append(name).append(";\n");
      }
    }
    List<PageBlock> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(page);
    while (block.find()) {
      blocks.add(of(block.group(1), common.toString(), block.group(3)));
    }
    return blocks;
  }

  private static PageBlock of(String declared, String common, String code) {
    StringBuilder imports = new StringBuilder(common);
    StringBuilder body = new StringBuilder();
    for (String line : code.split("\n", -1)) {
      String trimmed = line.trim();
      (trimmed.startsWith("import ") ? imports : body).append(line).append('\n');
    }
    if (declared == null) {
      return new PageBlock(typeName(body), typeName(body), imports + "\n" + body);
    }
    Matcher statements = STATEMENTS.matcher(declared);
    if (!statements.matches()) {
      String name = typeName(declared);
      return new PageBlock(name, name, imports + "\n" + declared + " {\n" + body + "}\n");
    }
    String name = statements.group(2);
    String result = statements.group(1) == null ? "void" : statements.group(1);
    String holder = "Example_" + name;
    return new PageBlock(
        name,
        holder,
        imports
            + "\npublic final class "
            + holder
            + " {\n  public static "
            + result
            + " "
            + METHOD
            + statements.group(3)
            + " throws Exception {\n"
            + body
            + "  }\n}\n");
  }

  private static String typeName(CharSequence declaration) {
    Matcher type = TYPE.matcher(declaration);
    if (!type.find()) {
      throw new AssertionError(
          "a block of Java code has neither a comment <!-- example: … --> nor a class: "
              + declaration);
    }
    return type.group(1);
  }
}
