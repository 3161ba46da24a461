package holdfast.platform.http;

import holdfast.platform.validation.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {

  private final List<HandlerInterceptor> interceptors;
  private final List<HandlerMethodArgumentResolver> argumentResolvers;

  WebConfiguration(
      List<HandlerInterceptor> interceptors,
      List<HandlerMethodArgumentResolver> argumentResolvers) {
    this.interceptors = interceptors;
    this.argumentResolvers = argumentResolvers;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    interceptors.forEach(registry::addInterceptor);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.addAll(argumentResolvers);
  }

  @Bean
  static WebServerFactoryCustomizer<TomcatServletWebServerFactory> jsonErrorReports() {
    return factory ->
        factory.addContextCustomizers(context ->
            ((StandardHost) context.getParent())
                .setErrorReportValveClass(JsonErrorReport.class.getName()));
  }

  /**
   * For an unknown path, Spring's own dispatcher copies the request's headers into the exception.
   * That fails with 500 if the Content-Type has a wildcard. No answer needs these headers.
   */
  @Bean
  static DispatcherServlet dispatcherServlet() {
    return new DispatcherServlet() {
      @Override
      protected void noHandlerFound(HttpServletRequest request, HttpServletResponse response)
          throws NoHandlerFoundException {
        throw new NoHandlerFoundException(
            request.getMethod(), request.getRequestURI(), HttpHeaders.EMPTY);
      }
    };
  }

  /**
   * Composes (NFC) all strings of a request in this one place, so that no field can be forgotten.
   */
  @Bean
  static JsonMapperBuilderCustomizer composedStrings() {
    return builder ->
        builder.addModule(
            new SimpleModule("composed strings")
                .addDeserializer(
                    String.class,
                    new StringDeserializer() {
                      @Override
                      public String deserialize(JsonParser json, DeserializationContext context) {
                        String text = super.deserialize(json, context);
                        return text == null ? null : TextRule.composed(text);
                      }
                    }));
  }

  /** Rejects a number or a boolean where the contract has a string. Jackson would convert it. */
  @Bean
  static JsonMapperBuilderCustomizer strictStrings() {
    return builder ->
        builder.withCoercionConfig(
            LogicalType.Textual,
            config ->
                config
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
  }
}
