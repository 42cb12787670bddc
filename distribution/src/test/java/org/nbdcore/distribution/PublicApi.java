package org.nbdcore.distribution;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nbdcore.spi.Experimental;

/**
 * The stable API of a module: one line for each type and member that code outside it can use,
 * without those marked {@link Experimental}.
 */
final class PublicApi {

  private static final int MODIFIERS =
      Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT;

  private PublicApi() {}

  /**
   * Describes the classes of a module.
   *
   * @param one any class of the module
   * @param packages the packages that are public API
   */
  static SortedSet<String> of(Class<?> one, Set<String> packages) throws Exception {
    SortedSet<String> lines = new TreeSet<>();
    for (String name : names(Path.of(location(one)))) {
      if (!packages.contains(name.substring(0, name.lastIndexOf('.')))) {
        continue;
      }
      Class<?> type = Class.forName(name, false, one.getClassLoader());
      if (isVisible(type) && isStable(type)) {
        describe(type, lines);
      }
    }
    return lines;
  }

  private static String location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static List<String> names(Path folderOrJar) throws IOException {
    if (Files.isDirectory(folderOrJar)) {
      return namesBelow(folderOrJar);
    }
    try (FileSystem jar = FileSystems.newFileSystem(folderOrJar)) {
      return namesBelow(jar.getPath("/"));
    }
  }

  private static List<String> namesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .toList();
    }
  }

  private static boolean isVisible(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (!isVisible(each.getModifiers()) || each.isSynthetic() || each.isAnonymousClass()) {
        return false;
      }
    }
    return true;
  }

  static boolean isStable(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (each.isAnnotationPresent(Experimental.class)) {
        return false;
      }
    }
    return !type.getPackage().isAnnotationPresent(Experimental.class);
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void describe(Class<?> type, Set<String> lines) {
    lines.add(header(type));
    add(type, type.getDeclaredMethods(), lines);
    add(type, type.getDeclaredConstructors(), lines);
    add(type, type.getDeclaredFields(), lines);
  }

  private static <M extends AccessibleObject & Member> void add(
      Class<?> type, M[] members, Set<String> lines) {
    for (M member : members) {
      if (isVisible(member.getModifiers())
          && !member.isSynthetic()
          && !member.isAnnotationPresent(Experimental.class)) {
        lines.add(line(type, member));
      }
    }
  }

  private static String header(Class<?> type) {
    StringBuilder line = new StringBuilder(type.getName()).append(": ");
    line.append(Modifier.toString(type.getModifiers() & MODIFIERS));
    line.append(type.isSealed() ? " sealed" : "");
    line.append(type.isInterface() ? " interface" : type.isRecord() ? " record" : " class");
    line.append(variables(type.getTypeParameters()));
    if (type.getGenericSuperclass() != null) {
      line.append(" extends ").append(type.getGenericSuperclass().getTypeName());
    }
    String interfaces = names(type.getGenericInterfaces());
    return line.append(interfaces.isEmpty() ? "" : " implements " + interfaces).toString();
  }

  private static String line(Class<?> type, Member member) {
    StringBuilder line = new StringBuilder(type.getName()).append(": ");
    line.append(Modifier.toString(member.getModifiers() & MODIFIERS)).append(' ');
    if (member instanceof Field field) {
      return line.append(field.getGenericType().getTypeName() + " " + field.getName()).toString();
    }
    Executable executable = (Executable) member;
    if (executable instanceof Method method) {
      line.append(method.isDefault() ? "default " : "");
      line.append(method.getGenericReturnType().getTypeName()).append(' ');
    }
    line.append(variables(executable.getTypeParameters()));
    line.append(executable instanceof Constructor ? "new" : executable.getName());
    line.append('(').append(names(executable.getGenericParameterTypes())).append(')');
    String thrown = names(executable.getGenericExceptionTypes());
    return line.append(thrown.isEmpty() ? "" : " throws " + thrown).toString();
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(each -> each.getName() + " extends " + names(each.getBounds()))
            .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String names(Type[] types) {
    return Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
  }
}
