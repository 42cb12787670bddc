package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.nbdcore.spi.DebugFlag;
import org.nbdcore.spi.LayerProvider;
import org.nbdcore.spi.Parameter;

/** Rules for every provider of a plugin or filter. */
final class ProviderRules {

  private ProviderRules() {}

  static void check(LayerProvider provider) {
    checkNames(provider.name(), provider.description(), provider.version());
    checkParameters(provider.parameters());
    checkDebugFlags(provider.debugFlags());
    checkStateless(provider.getClass());
  }

  /** Checks that a file in META-INF/services names the provider. */
  static void checkIsFound(Class<? extends LayerProvider> service, LayerProvider provider) {
    List<Class<?>> found = new ArrayList<>();
    ServiceLoader.load(service).forEach(each -> found.add(each.getClass()));
    assertThat(found).as("META-INF/services/" + service.getName()).contains(provider.getClass());
  }

  private static void checkNames(String name, String description, String version) {
    assertThat(name).as("name").matches("[A-Za-z0-9][A-Za-z0-9-]*");
    assertThat(description).as("description").isNotBlank().doesNotContain("\n");
    assertThat(description).as("description, one line for --help").doesNotEndWith(".");
    assertThat(version).as("version").isNotBlank();
  }

  private static void checkParameters(List<Parameter<?>> parameters) {
    Set<String> keys = new HashSet<>();
    String magic = null;
    for (Parameter<?> parameter : parameters) {
      String key = parameter.key();
      assertThat(key).as("key").matches("[A-Za-z][A-Za-z0-9._-]*");
      assertThat(keys.add(key)).as("key %s is declared once", key).isTrue();
      assertThat(parameter.placeholder()).as("placeholder of %s", key).isNotBlank();
      assertThat(parameter.help()).as("help of %s", key).isNotBlank();
      assertThat(parameter.help().strip()).as("help of %s: sentences", key).endsWith(".");
      if (parameter.isMagic()) {
        assertThat(magic).as("magic key besides %s", key).isNull();
        magic = key;
      }
      if (parameter.isRequired()) {
        assertThat(parameter.defaultValue()).as("default of %s, which is required", key).isEmpty();
      }
    }
  }

  private static void checkDebugFlags(List<DebugFlag> flags) {
    Set<String> names = new HashSet<>();
    for (DebugFlag flag : flags) {
      assertThat(flag.name()).as("debug flag").matches("[A-Za-z][A-Za-z0-9_-]*");
      assertThat(names.add(flag.name())).as("debug flag %s is declared once", flag).isTrue();
      assertThat(flag.description()).as("description of %s", flag).isNotBlank();
    }
  }

  /** Checks that a provider has no fields but constants. */
  private static void checkStateless(Class<?> provider) {
    for (Class<?> type = provider; type != Object.class; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean constant =
            Modifier.isStatic(field.getModifiers()) && Modifier.isFinal(field.getModifiers());
        assertThat(constant || field.isSynthetic())
            .as("field %s of the provider is a constant; a provider is stateless", field.getName())
            .isTrue();
      }
    }
  }
}
