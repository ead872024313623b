# One static program in an empty image: the database lives on the volume /donnees.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -trimpath -tags osusergo,netgo,sqlite_omit_load_extension \
	-ldflags '-s -w -extldflags=-static' -o /marelle . && mkdir /donnees && chmod 700 /donnees

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /marelle /marelle
COPY --from=build --chown=10001:10001 /donnees /donnees
USER 10001:10001
ENV MARELLE_DB=/donnees/marelle.db MARELLE_ADDR=0.0.0.0:8080
VOLUME /donnees
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=6s CMD ["/marelle", "healthcheck", "--addr", "127.0.0.1:8080"]
ENTRYPOINT ["/marelle"]
CMD ["serve"]
